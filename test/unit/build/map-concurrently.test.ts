import { describe, expect, test } from "vitest";
import { mapConcurrently } from "../../../src/build/map-concurrently.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("mapConcurrently", () => {
  test("keeps the order of the items and never exceeds the limit", async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running);
      for (let turns = 0; turns < item; turns++) await turn();
      running--;
      return item * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  });

  test("rejects with the first failure and starts nothing after it", async () => {
    const started: number[] = [];
    const work = async (item: number) => {
      started.push(item);
      await turn();
      if (item === 2) throw new Error("failed");
    };
    await expect(mapConcurrently([1, 2, 3, 4, 5, 6, 7, 8], 2, work)).rejects.toThrow("failed");
    await turn();
    expect(started.length).toBeLessThan(6);
  });

  test("of nothing is nothing", async () => {
    expect(await mapConcurrently([], 4, async () => 1)).toEqual([]);
  });
});
