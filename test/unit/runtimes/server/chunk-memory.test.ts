import { describe, expect, it } from "vitest";
import { giveBack, takeMemory } from "../../../../src/runtimes/server/chunk-memory.ts";

describe("memory for pieces of a body", () => {
  it("is as long as it is asked for, and belongs to one at a time", () => {
    for (const length of [0, 1, 16_383, 16_384, 65_536, 65_537, 200_000]) {
      const [one, other] = [takeMemory(length), takeMemory(length)];
      one.fill(1);
      other.fill(2);
      expect([one.length, other.length]).toEqual([length, length]);
      expect(one.every((byte) => byte === 1)).toBe(true);
    }
  });

  it("is used again when it was given back", () => {
    const piece = takeMemory(60_000);
    giveBack(piece);
    const next = takeMemory(20_000);
    expect([next.buffer === piece.buffer, next.length]).toEqual([true, 20_000]);
    expect(takeMemory(20_000).buffer).not.toBe(piece.buffer);
  });

  it("of somebody else is never taken", () => {
    const foreign = new Uint8Array(65_536);
    giveBack(foreign);
    expect(takeMemory(65_536).buffer).not.toBe(foreign.buffer);
    const short = takeMemory(100);
    giveBack(short);
    expect(takeMemory(65_536).buffer).not.toBe(short.buffer);
  });

  it("is not given back by whoever has a part of it, nor twice", () => {
    const piece = takeMemory(50_000);
    giveBack(piece.subarray(0, 20_000));
    giveBack(piece.subarray(0));
    expect(takeMemory(50_000).buffer).not.toBe(piece.buffer);
    giveBack(piece);
    giveBack(piece);
    const [one, other] = [takeMemory(50_000), takeMemory(50_000)];
    expect([one.buffer === piece.buffer, other.buffer === piece.buffer]).toEqual([true, false]);
  });

  it("is kept ready up to a limit", () => {
    const pieces = Array.from({ length: 200 }, () => takeMemory(65_536));
    for (const piece of pieces) giveBack(piece);
    const known = new Set(pieces.map(({ buffer }) => buffer));
    const again = Array.from({ length: 200 }, () => takeMemory(65_536));
    expect(again.filter(({ buffer }) => known.has(buffer))).toHaveLength(64);
  });
});
