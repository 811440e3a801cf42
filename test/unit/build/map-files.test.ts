import { describe, expect, test } from "vitest";
import { mapFiles } from "../../../src/build/map-files.ts";

const NUMBERS = Array.from({ length: 1_000 }, (_, index) => index);
const waitMs = (ms: number) => {
  for (const endMs = performance.now() + ms; performance.now() < endMs; );
};

describe("mapFiles", () => {
  test("works in order, and lets others have the thread in between", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const double = (number: number) => {
      waitMs(0.02);
      return number * 2;
    };
    const work = { now: double, later: async (number: number) => double(number) };
    const results = await mapFiles(NUMBERS, work).finally(() => clearInterval(timer));
    expect(results).toEqual(NUMBERS.map((number) => number * 2));
    expect(turns).toBeGreaterThan(0);
  });

  test("does several at a time where one takes long", async () => {
    let [open, mostOpen, atOnce] = [0, 0, 0];
    const results = await mapFiles(NUMBERS, {
      now(number) {
        waitMs(1);
        atOnce++;
        return number;
      },
      async later(number) {
        mostOpen = Math.max(mostOpen, ++open);
        await Promise.resolve();
        open--;
        return number;
      },
    });
    expect(results).toEqual(NUMBERS);
    expect([atOnce, mostOpen]).toEqual([128, 16]);
  });

  test("ends with what the work throws", async () => {
    const work = {
      now: () => {
        throw new Error("broken");
      },
      later: async () => 1,
    };
    await expect(mapFiles([1], work)).rejects.toThrow("broken");
    expect(await mapFiles([], work)).toEqual([]);
  });
});
