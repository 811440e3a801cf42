import { expect, it } from "vitest";
import { nameRoute } from "../../../src/cache/route-name.ts";
import type { CutoverSettings } from "../../../src/contract/migration.ts";
import type { RoutingRule } from "../../../src/contract/routing.ts";

function moving(from: string, to: string): RoutingRule[] {
  const cutover = { to: { kind: "upstream", upstream: to }, percent: 10 } as CutoverSettings;
  return [{ when: { path: "/*" }, action: { kind: "upstream", upstream: from }, cutover }];
}

it("changes with what a route does, and not with the share of the clients that are moved", () => {
  const name = nameRoute(moving("a", "b"), 0);
  expect(nameRoute(moving("a", "c"), 0)).toBe(name);
  expect(nameRoute(moving("c", "b"), 0)).not.toBe(name);
});

it("names what clients are moved to by what that is", () => {
  const name = nameRoute(moving("a", "b"), -1);
  expect(name).not.toBe(nameRoute(moving("a", "b"), 0));
  expect(nameRoute(moving("c", "b"), -1)).toBe(name);
  expect(nameRoute(moving("a", "c"), -1)).not.toBe(name);
});
