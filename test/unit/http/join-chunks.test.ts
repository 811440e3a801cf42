import { expect, test } from "vitest";
import { joinChunks } from "../../../src/http/join-chunks.ts";

test("chunks are joined in order, none of them is changed", () => {
  const chunks = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)];
  expect([...joinChunks(chunks)]).toEqual([1, 2, 3]);
  expect([...joinChunks([])]).toEqual([]);
  expect([...(chunks[0] ?? [])]).toEqual([1, 2]);
});

test("a single chunk is given back as it is", () => {
  const chunk = Uint8Array.of(7);
  expect(joinChunks([chunk])).toBe(chunk);
});
