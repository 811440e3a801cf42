import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLeastRecentCache } from "../../../src/assets/least-recent.ts";

describe("createLeastRecentCache", () => {
  test("drops what was used longest ago", () => {
    const cache = createLeastRecentCache<number>(30);
    cache.set("a", 1, 10);
    cache.set("b", 2, 10);
    cache.set("c", 3, 10);
    cache.get("a");
    cache.set("d", 4, 10);
    expect(["a", "b", "c", "d"].map((key) => cache.get(key))).toEqual([1, undefined, 3, 4]);
  });

  test("does not keep what exceeds the budget alone, nor the value that it was to replace", () => {
    const cache = createLeastRecentCache<number>(30);
    cache.set("a", 1, 10);
    cache.set("a", 2, 31);
    expect([cache.get("a"), cache.bytes]).toEqual([undefined, 0]);
  });

  test("never holds more than its budget and counts what it holds", () => {
    const operation = fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.nat(60), fc.boolean());
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const cache = createLeastRecentCache<number>(100);
        for (const [key, bytes, isRead] of operations) {
          if (isRead) cache.get(key);
          else cache.set(key, bytes, bytes);
        }
        const held = ["a", "b", "c", "d", "e"].map((key) => cache.get(key) ?? 0);
        expect(cache.bytes).toBe(held.reduce((sum, bytes) => sum + bytes, 0));
        expect(cache.bytes).toBeLessThanOrEqual(100);
      }),
    );
  });
});
