import { describe, expect, test } from "vitest";
import { chunksOf, collectBytes, streamChunks } from "../../../src/assets/stream-chunks.ts";

function source(count: number) {
  const seen = { made: 0, ended: false };
  async function* generate() {
    try {
      for (; seen.made < count; seen.made++) yield Uint8Array.of(seen.made);
    } finally {
      seen.ended = true;
    }
  }
  return { seen, stream: streamChunks(generate()) };
}

describe("streamChunks", () => {
  test("makes no chunk before it is asked for one, and one at a time", async () => {
    const { seen, stream } = source(10);
    expect(seen.made).toBe(0);
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    expect(seen.made).toBe(1);
  });

  test("ends the generator when the reader stops", async () => {
    const { seen, stream } = source(10);
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    expect(seen).toEqual({ made: 0, ended: true });
  });

  test("passes a failure on", async () => {
    // biome-ignore lint/correctness/useYield: fails before the first chunk
    async function* fail(): AsyncGenerator<Uint8Array, void> {
      throw new Error("broken");
    }
    await expect(streamChunks(fail()).getReader().read()).rejects.toThrow("broken");
  });
});

describe("chunksOf", () => {
  test("copies an array, so that its owner's bytes stay as they are", async () => {
    const bytes = Uint8Array.of(1, 2);
    for await (const chunk of chunksOf(bytes)) chunk.fill(9);
    expect(bytes).toEqual(Uint8Array.of(1, 2));
  });

  test("cancels a stream that is not read to its end", async () => {
    const { seen, stream } = source(10);
    for await (const _ of chunksOf(stream)) break;
    expect(seen.ended).toBe(true);
  });
});

describe("collectBytes", () => {
  test("takes exactly the announced number of bytes", async () => {
    expect(await collectBytes(source(3).stream, 3)).toEqual(Uint8Array.of(0, 1, 2));
    await expect(collectBytes(source(3).stream, 4)).rejects.toThrow(RangeError);
    await expect(collectBytes(source(3).stream, 2)).rejects.toThrow(RangeError);
  });
});
