import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LimitRule, LimitVerdict } from "../../../../src/contract/limit-counters.ts";
import { LimitTable } from "../../../../src/edge/guards/limit-table.ts";

/** Ten in a second, three ahead. */
const RULE: LimitRule = { zone: "z", maxKeys: 100, connections: 0, intervalMs: 100, burst: 3, delays: false };

let table: LimitTable;

beforeEach(() => {
  vi.useFakeTimers();
  table = new LimitTable({ clock: { monotonic: () => performance.now() } });
});
afterEach(() => vi.useRealTimers());

const kinds = async (count: number, rule = RULE, key = "k") =>
  Promise.all(Array.from({ length: count }, async () => (await table.enter(rule, key).verdict).kind));

describe("a leaky bucket", () => {
  it("lets one and its burst pass at once, and then one in each interval", async () => {
    expect(await kinds(6)).toEqual(["pass", "pass", "pass", "pass", "refused", "refused"]);
    vi.advanceTimersByTime(99);
    expect(await kinds(1)).toEqual(["refused"]);
    vi.advanceTimersByTime(1);
    expect(await kinds(2)).toEqual(["pass", "refused"]);
    vi.advanceTimersByTime(10_000);
    expect(await kinds(5)).toEqual(["pass", "pass", "pass", "pass", "refused"]);
  });

  it("tells how many further ones may pass, and when to come back", async () => {
    const verdicts: LimitVerdict[] = [];
    for (let count = 0; count < 5; count += 1) verdicts.push(await table.enter(RULE, "k").verdict);
    expect(verdicts).toEqual([
      { kind: "pass", remaining: 3, resetMs: 100 },
      { kind: "pass", remaining: 2, resetMs: 200 },
      { kind: "pass", remaining: 1, resetMs: 300 },
      { kind: "pass", remaining: 0, resetMs: 400 },
      { kind: "refused", by: "rate", retryMs: 100 },
    ]);
  });

  it("counts each key and each zone for itself", async () => {
    const strict = { ...RULE, burst: 0 };
    expect(await kinds(2, strict)).toEqual(["pass", "refused"]);
    expect(await kinds(1, strict, "other")).toEqual(["pass"]);
    expect(await kinds(1, { ...strict, zone: "y" })).toEqual(["pass"]);
  });

  it("passes exactly the rate over a long time, whatever comes", async () => {
    let passed = 0;
    for (let ms = 0; ms < 60_000; ms += 7) {
      if ((await table.enter({ ...RULE, intervalMs: 1_000 / 3 }, "k").verdict).kind === "pass") passed += 1;
      vi.advanceTimersByTime(7);
    }
    expect(passed).toBeGreaterThanOrEqual(182);
    expect(passed).toBeLessThanOrEqual(184);
  });
});

describe("requests that wait", () => {
  const WAITING = { ...RULE, delays: true };

  /** Enters, and notes when each went on. */
  function enter(times: Record<string, number | string>, name: string) {
    const entry = table.enter(WAITING, "k");
    void entry.verdict.then(({ kind }) => {
      times[name] = kind === "pass" ? Math.round(performance.now()) : kind;
    });
    return entry;
  }

  it("go on at their turn, not before and not later", async () => {
    const start = Math.round(performance.now());
    const times: Record<string, number> = {};
    for (const name of ["a", "b", "c", "d", "e"]) enter(times, name);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times).toEqual({ a: start, b: start + 100, c: start + 200, d: start + 300, e: "refused" });
  });

  it("move up when one before them leaves, and its place is free", async () => {
    const start = Math.round(performance.now());
    const times: Record<string, number | string> = {};
    const entries = ["a", "b", "c", "d"].map((name) => enter(times, name));
    await vi.advanceTimersByTimeAsync(50);
    entries[1]?.leave();
    entries[1]?.leave();
    enter(times, "f");
    enter(times, "g");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times).toEqual({
      a: start,
      b: "left",
      c: start + 100,
      d: start + 200,
      f: start + 300,
      g: "refused",
    });
  });

  it("keep their times where nobody may touch another's timers", async () => {
    table = new LimitTable({ clock: { monotonic: () => performance.now() }, movesUp: false });
    const start = Math.round(performance.now());
    const times: Record<string, number | string> = {};
    const entries = ["a", "b", "c"].map((name) => enter(times, name));
    entries[1]?.leave();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times).toEqual({ a: start, b: "left", c: start + 200 });
  });
});

describe("requests at once", () => {
  const FEW = { ...RULE, intervalMs: 0, connections: 2 };

  it("are so many for each key, until one is over", async () => {
    const entries = [table.enter(FEW, "k"), table.enter(FEW, "k")];
    expect(await table.enter(FEW, "k").verdict).toMatchObject({ kind: "refused", by: "connections" });
    expect(await kinds(1, FEW, "other")).toEqual(["pass"]);
    entries[0]?.leave();
    entries[0]?.leave();
    expect(await kinds(2, FEW)).toEqual(["pass", "refused"]);
  });

  it("include those that wait", async () => {
    const rule = { ...RULE, delays: true, connections: 2 };
    const [, second] = [table.enter(rule, "k"), table.enter(rule, "k")];
    expect(await kinds(1, rule)).toEqual(["refused"]);
    second?.leave();
    expect((await second?.verdict)?.kind).toBe("left");
    expect(table.enter(rule, "k").verdict).toBeInstanceOf(Promise);
  });
});

describe("memory", () => {
  it("is bounded, whoever comes with how many addresses", () => {
    vi.useRealTimers();
    const rule = { ...RULE, maxKeys: 1_000 };
    const before = process.memoryUsage().heapUsed;
    for (let number = 0; number < 1_000_000; number += 1) table.enter(rule, `c${number}`);
    expect(table.size).toBeLessThanOrEqual(1_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300 * 1024 * 1024);
  });

  it("forgets keys that were not asked for lately, and keeps what is in use", async () => {
    const rule = { ...RULE, burst: 0, maxKeys: 8, connections: 5 };
    const held = table.enter(rule, "held");
    for (let number = 0; number < 100; number += 1) {
      table.enter(rule, `other ${number}`).leave();
      expect(await kinds(1, rule, "lately")).toEqual([number === 0 ? "pass" : "refused"]);
      expect(table.size).toBeLessThanOrEqual(8);
    }
    expect(await kinds(1, rule, "held")).toEqual(["refused"]);
    expect(await kinds(1, rule, "other 1")).toEqual(["pass"]);
    held.leave();
  });
});
