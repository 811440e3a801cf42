import { describe, expect, it } from "vitest";
import type { Turn } from "../../../../src/contract/flight-turns.ts";
import type { PurgeSelection } from "../../../../src/contract/response-cache.ts";
import { CacheCoordinator } from "../../../../src/runtimes/app-server/cache-coordinator.ts";
import { CacheLink } from "../../../../src/runtimes/app-server/cache-link.ts";
import type { MasterMessage } from "../../../../src/runtimes/app-server/messages.ts";

/** Workers whose channel is a call; each removes as many answers as it is told. */
function connect(removals: Record<number, number>) {
  let nowMs = 0;
  const coordinator = new CacheCoordinator(() => nowMs);
  const seen: [worker: number, what: unknown][] = [];
  const links = new Map<number, CacheLink>();
  for (const [id, removed] of Object.entries(removals).map(([key, count]) => [Number(key), count] as const)) {
    const link = new CacheLink(
      (message) => coordinator.hear(id, message),
      () => ({
        purge: async (selection) => {
          seen.push([id, selection]);
          return removed;
        },
        forget: async (keys) => {
          seen.push([id, keys]);
          return removed;
        },
      }),
    );
    coordinator.join(id, (message: MasterMessage) => link.hear(message));
    links.set(id, link);
  }
  return {
    coordinator,
    seen,
    link: (id: number) => links.get(id) as CacheLink,
    pass: (durationMs: number) => {
      nowMs += durationMs;
    },
  };
}

const NEVER = new AbortController().signal;
const ALL: PurgeSelection = { kind: "all" };

describe("a purge", () => {
  it("reaches every worker and adds up what they removed", async () => {
    const { coordinator, seen } = connect({ 1: 2, 2: 0, 3: 1 });
    const told: PurgeSelection[] = [];
    coordinator.onPurge = (selection) => told.push(selection);
    expect(await coordinator.purge(ALL)).toEqual({ removed: 3, processes: 3, late: 0 });
    expect(seen.map(([worker]) => worker)).toEqual([1, 2, 3]);
    expect(told).toEqual([ALL]);
    await coordinator.purgeHere(ALL);
    expect(told).toHaveLength(1);
  });

  it("of one worker reaches all of them, itself too, and other nodes", async () => {
    const { coordinator, link, seen } = connect({ 1: 2, 2: 3 });
    const told: PurgeSelection[] = [];
    coordinator.onPurge = (selection) => told.push(selection);
    expect(await link(1).order({ kind: "purge", selection: ALL })).toBe(5);
    expect(seen.map(([worker]) => worker)).toEqual([1, 2]);
    expect(told).toEqual([ALL]);
  });

  it("does not wait for a worker that ends", async () => {
    const { coordinator } = connect({ 1: 1 });
    coordinator.join(2, () => {});
    const purging = coordinator.purge(ALL);
    coordinator.leave(2);
    expect(await purging).toEqual({ removed: 1, processes: 2, late: 0 });
  });

  it("removes nothing where nobody is", async () => {
    expect(await new CacheCoordinator().purge(ALL)).toEqual({ removed: 0, processes: 0, late: 0 });
  });
});

it("what a worker makes the others forget does not come back to it", async () => {
  const { link, seen } = connect({ 1: 0, 2: 1, 3: 1 });
  expect(await link(1).order({ kind: "forget", keys: ["k"] })).toBe(2);
  expect(seen).toEqual([
    [2, ["k"]],
    [3, ["k"]],
  ]);
});

describe("a turn", () => {
  const isOwn = (turn: Turn): turn is Extract<Turn, { kind: "own" }> => turn.kind === "own";

  it("belongs to the first; the others learn what came of it", async () => {
    const { link } = connect({ 1: 0, 2: 0, 3: 0 });
    const first = await link(1).take("k", NEVER, 1_000);
    const others = [link(2).take("k", NEVER, 1_000), link(3).take("k", NEVER, 1_000)];
    expect(isOwn(await link(2).take("other", NEVER, 1_000))).toBe(true);
    if (isOwn(first)) first.release("kept");
    expect(await Promise.all(others)).toEqual(Array(2).fill({ kind: "others", verdict: "kept" }));
    expect(isOwn(await link(2).take("k", NEVER, 1_000))).toBe(true);
  });

  it("of a worker that dies is over", async () => {
    const { coordinator, link } = connect({ 1: 0, 2: 0 });
    await link(1).take("k", NEVER, 1_000);
    const waiting = link(2).take("k", NEVER, 1_000);
    coordinator.leave(1);
    expect(await waiting).toEqual({ kind: "others", verdict: "failed" });
    expect(isOwn(await link(2).take("k", NEVER, 1_000))).toBe(true);
  });

  it("is waited for no longer than that, and not by somebody who has gone", async () => {
    const { link } = connect({ 1: 0, 2: 0 });
    await link(1).take("k", NEVER, 1_000);
    expect(await link(2).take("k", NEVER, 1)).toEqual({ kind: "others", verdict: "overdue" });
    const client = new AbortController();
    const waiting = link(2).take("k", client.signal, 60_000);
    client.abort();
    expect(await waiting).toEqual({ kind: "others", verdict: "overdue" });
  });

  it("that never ends is taken over", async () => {
    const { link, pass } = connect({ 1: 0, 2: 0 });
    const first = await link(1).take("k", NEVER, 1_000);
    pass(61_000);
    expect(isOwn(await link(2).take("k", NEVER, 1_000))).toBe(true);
    // Too late: it is not the first one's any more.
    if (isOwn(first)) first.release("failed");
    const waiting = link(1).take("k", NEVER, 1);
    expect(await waiting).toEqual({ kind: "others", verdict: "overdue" });
  });

  it("granted to somebody who has given up goes back", async () => {
    const coordinator = new CacheCoordinator();
    let deliver = () => {};
    const slow: CacheLink = new CacheLink((message) => coordinator.hear(1, message));
    coordinator.join(1, (message) => {
      deliver = () => slow.hear(message);
    });
    expect(await slow.take("k", NEVER, 1)).toEqual({ kind: "others", verdict: "overdue" });
    deliver();
    const link: CacheLink = new CacheLink((message) => coordinator.hear(2, message));
    coordinator.join(2, (message) => link.hear(message));
    expect(isOwn(await link.take("k", NEVER, 1_000))).toBe(true);
  });
});
