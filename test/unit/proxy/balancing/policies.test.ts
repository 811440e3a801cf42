import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConsistentHash } from "../../../../src/proxy/balancing/consistent-hash.ts";
import { createLeastBusy } from "../../../../src/proxy/balancing/least-busy.ts";
import type { BalancedRequest, Policy } from "../../../../src/proxy/balancing/policy.ts";
import { createRoundRobin } from "../../../../src/proxy/balancing/round-robin.ts";
import { createTwoChoices } from "../../../../src/proxy/balancing/two-choices.ts";
import { selectServer } from "../../../../src/proxy/server-pool.ts";
import type { ServerState } from "../../../../src/proxy/server-state.ts";
import { createManualClock, createState } from "../upstream-settings.ts";

const REQUEST: BalancedRequest = { target: "/", headers: new Headers(), clientAddress: "192.0.2.1" };

function nameOf(state: ServerState | undefined): string {
  return state?.server.address.kind === "tcp" ? state.server.address.hostname : "";
}

function turns(policy: Policy, servers: ServerState[], count: number): string {
  return Array.from({ length: count }, () => nameOf(policy.select(servers, REQUEST))).join(" ");
}

describe("round-robin", () => {
  it("spreads the turns of a heavy server instead of giving them in a row", () => {
    const servers = [createState("a", { weight: 5 }), createState("b"), createState("c")];
    expect(turns(createRoundRobin(), servers, 7)).toBe("a a b a c a a");
  });

  it("gives every server exactly its weight in each round", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const servers = weights.map((weight, index) => createState(`s${index}`, { weight }));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const names = turns(createRoundRobin(), servers, total).split(" ");
        expect(weights.map((_, index) => names.filter((name) => name === `s${index}`).length)).toEqual(
          weights,
        );
      }),
    );
  });
});

describe("least busy", () => {
  it("prefers the server with the fewest requests for its weight", () => {
    const [a, b] = [createState("a", { weight: 3 }), createState("b")];
    const policy = createLeastBusy(() => 0);
    const names = Array.from({ length: 4 }, () => {
      const chosen = policy.select([a, b], REQUEST);
      chosen?.begin();
      return nameOf(chosen);
    });
    expect(names.sort()).toEqual(["a", "a", "a", "b"]);
  });
});

describe("two choices", () => {
  it("never takes the busier of two", () => {
    const [idle, busy] = [createState("idle"), createState("busy")];
    busy.begin();
    for (const random of [0, 0.3, 0.6, 0.99]) {
      expect(nameOf(createTwoChoices(() => random).select([busy, idle], REQUEST))).toBe("idle");
    }
  });
});

describe("consistent hash", () => {
  const servers = Array.from({ length: 5 }, (_, index) => createState(`s${index}`));
  const keys = Array.from({ length: 2_000 }, (_, index) => `/page/${index}`);
  const policy = createConsistentHash({ kind: "uri" }, createRoundRobin());
  const choose = (candidates: ServerState[], target: string) =>
    nameOf(policy.select(candidates, { ...REQUEST, target }));

  it("moves only the keys of the server that went away", () => {
    const before = keys.map((key) => choose(servers, key));
    const after = keys.map((key) => choose(servers.slice(0, 4), key));
    for (const [index, name] of before.entries()) if (name !== "s4") expect(after[index]).toBe(name);
  });

  it("gives every server about its share", () => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(choose(servers, key), (counts.get(choose(servers, key)) ?? 0) + 1);
    for (const count of counts.values()) expect(count).toBeGreaterThan(300);
    expect(counts.size).toBe(5);
  });

  it.each([
    [{ kind: "header", name: "x-user" } as const, { ...REQUEST, headers: new Headers({ "x-user": "ann" }) }],
    [
      { kind: "cookie", name: "id" } as const,
      { ...REQUEST, headers: new Headers({ cookie: "a=1; id=ann" }) },
    ],
    [{ kind: "client-address" } as const, REQUEST],
  ])("can hash by %o", (key, request) => {
    const hashed = createConsistentHash(key, { select: () => undefined });
    const chosen = hashed.select(servers, request);
    expect(chosen).toBeDefined();
    expect(hashed.select(servers.toReversed(), request)).toBe(chosen);
  });

  it("leaves requests without the key to the other rule", () => {
    const hashed = createConsistentHash({ kind: "header", name: "x-user" }, { select: (all) => all[3] });
    expect(hashed.select(servers, REQUEST)).toBe(servers[3]);
  });
});

describe("the pool", () => {
  const pool = (servers: ServerState[]) => ({
    servers,
    policy: createRoundRobin(),
    backupPolicy: createRoundRobin(),
    sticky: undefined,
  });

  it("asks a backup only when nobody else may be asked", () => {
    const [main, backup] = [createState("main"), createState("backup", { backup: true })];
    const parts = pool([main, backup]);
    expect(nameOf(selectServer(parts, REQUEST, new Set()))).toBe("main");
    main.begin()("failure");
    expect(nameOf(selectServer(parts, REQUEST, new Set()))).toBe("backup");
  });

  it("passes over servers that are full or drain", () => {
    const [full, drained, free] = [
      createState("full", { maxConnections: 1 }),
      createState("drained", { drain: true }),
      createState("free"),
    ];
    full.begin();
    const parts = pool([full, drained, free]);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(nameOf(selectServer(parts, REQUEST, new Set()))).toBe("free");
    }
  });
});

describe("recovery", () => {
  it("lets one request try a server whose time is over, and no second until that one has ended", () => {
    const clock = createManualClock();
    const state = createState("a", {}, clock);
    state.begin()("failure");
    expect(state.isHealthy()).toBe(false);
    clock.advance(10_000);
    expect(state.isHealthy()).toBe(true);
    const settle = state.begin();
    expect(state.isHealthy()).toBe(false);
    settle("success");
    expect(state.isHealthy()).toBe(true);
  });
});
