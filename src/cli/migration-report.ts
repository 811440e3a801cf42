// What is known of each moving route: what the configuration says, and what the servers have counted.

import type { DifferingExample, MigrationTarget, RouteTally, SkipReason } from "../contract/migration.ts";
import { formatRoute } from "../contract/migration.ts";
import type { RoutingRule } from "../contract/routing.ts";

export interface MigrationReport {
  route: string;
  /** False for what was counted under a route that the build has no more. */
  isConfigured: boolean;
  shadow?: {
    to: string;
    requests: number;
    equal: number;
    different: number;
    skipped: Partial<Record<SkipReason, number>>;
    /** Per cent of the compared requests; null if there were none. */
    parity: number | null;
    examples: DifferingExample[];
  };
  cutover?: {
    to: string;
    percent: number | undefined;
    first: number;
    other: number;
    fallbacks: number;
  };
}

/** One report for each route that moves, in the order of the routes. */
export function reportMigrations(
  rules: readonly RoutingRule[],
  tallies: Readonly<Record<string, RouteTally>>,
): MigrationReport[] {
  const moving = new Map<string, RoutingRule>();
  for (const rule of rules) {
    const name = formatRoute(rule.when);
    if ((rule.shadow ?? rule.cutover) !== undefined && !moving.has(name)) moving.set(name, rule);
  }
  const names = new Set([...moving.keys(), ...Object.keys(tallies)]);
  return [...names].map((route) => reportRoute(route, moving.get(route), tallies[route]));
}

function reportRoute(
  route: string,
  rule: RoutingRule | undefined,
  tally: RouteTally | undefined,
): MigrationReport {
  const { equal = 0, different = 0, skipped = {}, examples = [] } = tally ?? {};
  const { first = 0, other = 0, fallback = 0 } = tally?.answered ?? {};
  const requests = equal + different + Object.values(skipped).reduce((sum, count) => sum + count, 0);
  const report: MigrationReport = { route, isConfigured: rule !== undefined };
  if (rule?.shadow !== undefined || requests > 0) {
    const parity = parityOf(equal, different);
    const to = nameOf(rule?.shadow?.to);
    report.shadow = { to, requests, equal, different, skipped, parity, examples };
  }
  if (rule?.cutover !== undefined || first + other + fallback > 0) {
    const { to, percent } = rule?.cutover ?? {};
    report.cutover = { to: nameOf(to), percent, first, other, fallbacks: fallback };
  }
  return report;
}

/** Rounded down: only if all are equal it is 100. */
function parityOf(equal: number, different: number): number | null {
  const compared = equal + different;
  return compared === 0 ? null : Math.floor((equal / compared) * 10_000) / 100;
}

function nameOf(target: MigrationTarget | undefined): string {
  if (target === undefined) return "-";
  return target.kind === "function" ? "functions" : target.upstream;
}
