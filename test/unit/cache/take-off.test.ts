// Caches of several processes over one store: who asks the origin, and who finds the answer.

import { describe, expect, it } from "vitest";
import { createMemoryCache } from "../../../src/cache/memory-cache.ts";
import { nameRoute } from "../../../src/cache/route-name.ts";
import type { FlightTurns, Turn, TurnVerdict } from "../../../src/contract/flight-turns.ts";
import type { RoutingRule } from "../../../src/contract/routing.ts";
import { type CachedSite, counting, createCachedSite, read } from "./cached-site.ts";

/** Turns in one process; `verdicts` is what they came to. */
function createTurns(): FlightTurns & { verdicts: TurnVerdict[] } {
  const waiting = new Map<string, ((turn: Turn) => void)[]>();
  const verdicts: TurnVerdict[] = [];
  return {
    verdicts,
    take(key) {
      const others = waiting.get(key);
      if (others !== undefined) return new Promise((resolve) => others.push(resolve));
      waiting.set(key, []);
      const release = (verdict: TurnVerdict) => {
        verdicts.push(verdict);
        const told = waiting.get(key) ?? [];
        waiting.delete(key);
        for (const tell of told) tell({ kind: "others", verdict });
      };
      return Promise.resolve({ kind: "own", mayBeKept: true, release });
    },
  };
}

/** Three processes with one origin that answers when it is told to. */
function createProcesses(headers: Record<string, string>) {
  const store = createMemoryCache();
  const turns = createTurns();
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const origin = counting(headers);
  const sites = Array.from({ length: 3 }, () =>
    createCachedSite(
      async (request) => {
        await held;
        return origin(request);
      },
      {},
      { store, turns },
    ),
  );
  const asked = () => sites.reduce((sum, site) => sum + site.asked.length, 0);
  return { sites, turns, asked, answer: () => answer() };
}

const getAll = (sites: readonly CachedSite[], path: string) =>
  Promise.all(sites.map(async (site) => read(await site.get(path))));

describe("processes that share a store", () => {
  it("ask the origin once for what can be shared", async () => {
    const { sites, turns, asked, answer } = createProcesses({ "cache-control": "max-age=60" });
    const answers = getAll([...sites, ...sites], "/a");
    answer();
    const texts = (await answers).map(([, text]) => text);
    expect(new Set(texts)).toEqual(new Set(["answer 1"]));
    expect(asked()).toBe(1);
    expect(turns.verdicts).toEqual(["kept"]);
    const states = (await answers).map(([, , state]) => state);
    expect(states.filter((state) => state?.includes("stored"))).toHaveLength(1);
    expect(states.filter((state) => state?.includes("collapsed"))).toHaveLength(5);
  });

  it("ask each for themselves for what cannot, without further waiting", async () => {
    const { sites, turns, asked, answer } = createProcesses({ "cache-control": "private" });
    const answers = getAll(sites, "/a");
    answer();
    expect((await answers).map(([status]) => status)).toEqual([200, 200, 200]);
    expect(asked()).toBe(3);
    expect(turns.verdicts).toEqual(["unshared"]);
    await getAll(sites, "/a");
    expect(turns.verdicts).toEqual(["unshared"]);
  });

  it("find what another has got since they looked", async () => {
    const { sites, asked, answer } = createProcesses({ "cache-control": "max-age=60" });
    answer();
    const [first, second] = sites as [CachedSite, CachedSite];
    await read(await first.get("/a"));
    await first.settled();
    const [, text, state] = await read(await second.get("/a"));
    expect([text, state]).toEqual(["answer 1", "Causeway; hit; ttl=60"]);
    expect(asked()).toBe(1);
  });

  it("tell the others what a change has made obsolete, before it is answered", async () => {
    const told: (readonly string[])[] = [];
    const announce = async (keys: readonly string[]) => void told.push(keys);
    const site = createCachedSite(() => new Response("done"), {}, { announce });
    await read(await site.get("/a", {}, { method: "POST" }));
    expect(told).toEqual([["http://site.test/a"]]);
    await read(await site.get("/a"));
    expect(told).toHaveLength(1);
  });
});

describe("where requests cannot share an answer on its way", () => {
  it("each asks, and what is kept is used and renewed all the same", async () => {
    const headers = { "cache-control": "max-age=1, stale-while-revalidate=60" };
    const site = createCachedSite(counting(headers), {}, { sharesFlights: false });
    await Promise.all([1, 2].map(async () => read(await site.get("/a"))));
    await site.settled();
    expect(site.asked).toHaveLength(2);
    site.pass(5);
    expect((await read(await site.get("/a")))[2]).toContain("stale-while-revalidate");
    await site.settled();
    expect(site.asked).toHaveLength(3);
    expect((await read(await site.get("/a")))[1]).toBe("answer 3");
  });
});

it("a route is called otherwise when it does something else", () => {
  const route = (upstream: string): RoutingRule => ({
    when: { path: "/*" },
    action: { kind: "upstream", upstream },
  });
  const name = nameRoute([route("a"), route("a")], 0);
  expect(nameRoute([route("a")], 0)).toBe(name);
  expect(nameRoute([route("b")], 0)).not.toBe(name);
  expect(nameRoute([route("a"), route("a")], 1)).not.toBe(name);
  expect(nameRoute([{ ...route("a"), maxBodyBytes: 1 }], 0)).toBe(name);
});
