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
