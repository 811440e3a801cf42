import { expect, it } from "vitest";
import { RecentKeys } from "../../../src/cache/recent-keys.ts";

it("forgets keys after a minute", () => {
  const keys = new RecentKeys();
  keys.add("a", 0);
  expect(keys.has("a", 59_999)).toBe(true);
  expect(keys.has("a", 60_000)).toBe(false);
});

it("forgets the oldest when there are too many", () => {
  const keys = new RecentKeys();
  for (let index = 0; index <= 10_000; index += 1) keys.add(`key ${index}`, 0);
  expect(keys.has("key 0", 1)).toBe(false);
  expect(keys.has("key 1", 1)).toBe(true);
});
