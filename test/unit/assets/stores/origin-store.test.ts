import { describe, expect, test } from "vitest";
import { createOriginStore, type OriginStoreOptions } from "../../../../src/assets/stores/origin-store.ts";

const BLOB = { hash: "a".repeat(64), size: 10, path: "/x" };
const INTERVAL = { start: 2, end: 5 };

function answer(status: number, headers: Record<string, string> = {}, body: BodyInit | null = "0123456789") {
  const asked: [string, RequestInit][] = [];
  const fetch: NonNullable<OriginStoreOptions["fetch"]> = async (url, init) => {
    asked.push([url, init]);
    return new Response(body, { status, headers });
  };
  return { asked, store: createOriginStore({ base: "https://origin.example/x/", fetch }) };
}

describe("createOriginStore", () => {
  test("asks under the blob's own path and follows no redirect", async () => {
    const { asked, store } = answer(200);
    await store.read(BLOB);
    expect(asked).toMatchObject([
      [`https://origin.example/x/aa/${BLOB.hash}`, { headers: {}, redirect: "manual" }],
    ]);
  });

  test("asks for an interval by Range, unless it is everything", async () => {
    const { asked, store } = answer(206, { "content-range": "bytes 2-4/10" }, "234");
    await store.read(BLOB, INTERVAL);
    expect(asked[0]?.[1].headers).toMatchObject({ range: "bytes=2-4" });
    await store.read(BLOB, { start: 0, end: 10 }).catch(() => undefined);
    expect(asked[1]?.[1].headers).not.toHaveProperty("range");
  });

  test.each([403, 404, 410])("takes %i for absence", async (status) => {
    expect(await answer(status).store.read(BLOB)).toBeUndefined();
  });

  test("throws what may pass at a failure, so that nobody takes it for absence", async () => {
    const failure = { message: expect.stringContaining("the origin answered 500"), isTransient: true };
    await expect(answer(500).store.read(BLOB)).rejects.toMatchObject(failure);
  });

  test("breaks off when the origin stops in the middle, but not because its reader is slow", async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (c) => (pulls++ < 2 ? c.enqueue(new Uint8Array(5)) : new Promise(() => undefined)) },
      { highWaterMark: 0 },
    );
    const fetch = async () => new Response(body, { headers: { "content-length": "10" } });
    const store = createOriginStore({ base: "https://origin.example", fetch, timeoutMs: 20 });
    const reader = ((await store.read(BLOB)) as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await new Promise((done) => setTimeout(done, 60));
    expect((await reader.read()).value?.length).toBe(5);
    await expect(reader.read()).rejects.toThrow("the origin sent nothing for 20 ms");
  });

  test.each<[string, ReturnType<typeof answer>]>([
    ["another range", answer(206, { "content-range": "bytes 0-2/10" })],
    ["a file of another size", answer(206, { "content-range": "bytes 2-4/11" })],
    ["a whole of another size", answer(200, { "content-length": "11" })],
    ["an unasked 204", answer(204, {}, null)],
  ])("throws at %s, so that nobody takes it for absence", async (_, { store }) => {
    await expect(store.read(BLOB, INTERVAL)).rejects.toThrow("with other bytes than asked for");
  });

  test("gives up when the origin does not begin to answer", async () => {
    const fetch: NonNullable<OriginStoreOptions["fetch"]> = (_, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const store = createOriginStore({ base: "https://origin.example", fetch, timeoutMs: 1 });
    await expect(store.read(BLOB)).rejects.toMatchObject({
      message: expect.stringContaining("the origin is unreachable"),
      cause: new Error("no answer within 1 ms"),
    });
  });
});
