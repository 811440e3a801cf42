import { describe, expect, it } from "vitest";
import { streamOf, takeSource } from "../../../src/contract/direct-body.ts";

function createSource(...chunks: number[]) {
  const told: string[] = [];
  const left = [...chunks];
  return {
    told,
    source: {
      async read() {
        const next = left.shift();
        return next === undefined ? undefined : Uint8Array.of(next);
      },
      cancel: () => void told.push("cancel"),
    },
  };
}

describe("streamOf", () => {
  it("is a stream of what the source gives", async () => {
    const read: number[] = [];
    for await (const chunk of streamOf(createSource(1, 2, 3).source)) read.push(...chunk);
    expect(read).toEqual([1, 2, 3]);
  });

  it("shows its readers no memory that holds anything else, and no Buffer", async () => {
    const memory = Buffer.from(new Uint8Array([9, 9, 1, 2, 9]).buffer);
    const pieces = [memory.subarray(2, 4), new Uint8Array([3, 4])];
    const source = { read: async () => pieces.shift(), cancel() {} };
    const seen: Uint8Array[] = [];
    for await (const chunk of streamOf(source)) seen.push(chunk);
    memory.fill(0);
    expect(seen.map((chunk) => [chunk.constructor === Uint8Array, ...new Uint8Array(chunk.buffer)])).toEqual([
      [true, 1, 2],
      [true, 3, 4],
    ]);
  });

  it("gives its source away while nobody has touched it, once", () => {
    const { source } = createSource(1);
    const stream = streamOf(source);
    expect([takeSource(stream), takeSource(stream)]).toEqual([source, undefined]);
  });

  it("keeps it from then on", async () => {
    const locked = streamOf(createSource(1).source);
    locked.getReader();
    const { source, told } = createSource(1);
    const cancelled = streamOf(source);
    await cancelled.cancel();
    const begun = streamOf(createSource(1, 2).source);
    const reader = begun.getReader();
    await reader.read();
    reader.releaseLock();
    expect([takeSource(locked), takeSource(cancelled), takeSource(begun)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(told).toEqual(["cancel"]);
    expect(takeSource(new Blob(["x"]).stream())).toBeUndefined();
  });
});
