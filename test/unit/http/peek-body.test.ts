import { describe, expect, test } from "vitest";
import { peekBody } from "../../../src/http/peek-body.ts";

const chunk = (value: number, length = 10) => new Uint8Array(length).fill(value);
const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of chunks) controller.enqueue(part);
      controller.close();
    },
  });

describe("peekBody", () => {
  test("gives a short body as a whole", async () => {
    expect(await peekBody(streamOf(chunk(1), chunk(2)), 21)).toEqual({
      kind: "complete",
      bytes: Uint8Array.of(...chunk(1), ...chunk(2)),
    });
    expect(await peekBody(streamOf(), 21)).toEqual({ kind: "complete", bytes: new Uint8Array() });
  });

  test("gives a longer one back with nothing lost", async () => {
    const peeked = await peekBody(streamOf(chunk(1), chunk(2), chunk(3)), 20);
    const bytes = peeked.kind === "open" ? await new Response(peeked.stream).bytes() : undefined;
    expect(bytes).toEqual(Uint8Array.of(...chunk(1), ...chunk(2), ...chunk(3)));
  });

  test("does not wait for a source that is silent", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const peeked = await peekBody(readable, 1_000);
    expect(peeked.kind).toBe("open");
    const reader = (peeked as { stream: ReadableStream<Uint8Array> }).stream.getReader();
    const writer = writable.getWriter();
    const read = reader.read();
    await writer.write(chunk(1));
    expect((await read).value).toEqual(chunk(1));
    writer.close();
    expect((await reader.read()).done).toBe(true);
  });

  test("cancels the source when the rest is not wanted", async () => {
    const reasons: unknown[] = [];
    const source = new ReadableStream<Uint8Array>({ cancel: (reason) => void reasons.push(reason) });
    const peeked = await peekBody(source, 10);
    if (peeked.kind === "open") await peeked.stream.cancel("enough");
    expect(reasons).toEqual(["enough"]);
  });

  test("passes on a failure: at once if it is there, else to the reader", async () => {
    const failed = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error("broken")),
    });
    await expect(peekBody(failed, 10)).rejects.toThrow("broken");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const peeked = await peekBody(readable, 10);
    writable.abort(new Error("broken later"));
    const { stream } = peeked as { stream: ReadableStream<Uint8Array> };
    await expect(stream.getReader().read()).rejects.toThrow("broken later");
  });
});
