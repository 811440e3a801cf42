import { describe, expect, it } from "vitest";
import { SharedBody } from "../../../src/cache/shared-body.ts";

/** A source that counts what is taken from it. */
function source(chunks: number, size = 10) {
  const state = { taken: 0, isCancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (state.taken === chunks) return controller.close();
        state.taken += 1;
        controller.enqueue(new Uint8Array(size).fill(state.taken));
      },
      cancel() {
        state.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { state, stream };
}

const whole = async (stream: ReadableStream<Uint8Array>) =>
  (await new Response(stream).arrayBuffer()).byteLength;

const options = { maxBytes: 1_000, expectedBytes: undefined };

describe("a shared body", () => {
  it("is read once for many readers, early and late ones", async () => {
    const { state, stream } = source(5);
    const body = new SharedBody(stream, options);
    const early = [body.open(), body.open()];
    expect(await whole(early[0] as ReadableStream<Uint8Array>)).toBe(50);
    expect(await whole(early[1] as ReadableStream<Uint8Array>)).toBe(50);
    expect(await whole(body.open())).toBe(50);
    expect(state.taken).toBe(5);
  });

  it("takes nothing that nobody wants yet", () => {
    const { state, stream } = source(5);
    new SharedBody(stream, options).open();
    expect(state.taken).toBe(0);
  });

  it("gives each reader bytes of its own", async () => {
    const { stream } = source(1);
    const body = new SharedBody(stream, options);
    const [one, other] = [body.open().getReader(), body.open().getReader()];
    (await one.read()).value?.fill(0);
    expect((await other.read()).value?.[0]).toBe(1);
  });

  it("holds no more than its limit, however slow a reader is", async () => {
    const { state, stream } = source(100);
    const body = new SharedBody(stream, { ...options, maxBytes: 50 });
    const [fast, slow] = [body.open(), body.open().getReader()];
    const all = whole(fast);
    await expect.poll(() => state.taken).toBeGreaterThanOrEqual(6);
    expect(body.isWhole).toBe(false);
    expect(state.taken).toBeLessThan(10);
    for (let next = await slow.read(); !next.done; next = await slow.read());
    expect(await all).toBe(1_000);
  });

  it("goes on for the others when the slow one leaves", async () => {
    const { state, stream } = source(100);
    const body = new SharedBody(stream, { ...options, maxBytes: 50 });
    const [fast, slow] = [body.open(), body.open()];
    const all = whole(fast);
    await expect.poll(() => state.taken).toBeGreaterThanOrEqual(6);
    await slow.cancel();
    expect(await all).toBe(1_000);
  });

  it("ends its source when the last reader leaves, and not before", async () => {
    const { state, stream } = source(5);
    const body = new SharedBody(stream, options);
    const [one, other] = [body.open(), body.open()];
    await one.cancel();
    expect(state.isCancelled).toBe(false);
    await other.cancel();
    expect(state.isCancelled).toBe(true);
  });

  it("fails for everybody when its source does, or is shorter than it said", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("reset"));
      },
    });
    const body = new SharedBody(broken, options);
    const readers = [body.open(), body.open()];
    for (const reader of readers) await expect(whole(reader)).rejects.toThrow("reset");
    const short = new SharedBody(source(1).stream, { ...options, expectedBytes: 20 });
    await expect(whole(short.open())).rejects.toThrow("10 bytes of 20");
  });
});
