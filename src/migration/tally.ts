// Counts per route, as a document that processes can add up.

import type {
  Comparison,
  DifferingExample,
  MigrationAnswer,
  RouteTally,
  SkipReason,
} from "../contract/migration.ts";

/** By the name of the route. */
export type Tallies = Record<string, RouteTally>;

/** Examples kept for a route, each of another kind. */
const MAX_EXAMPLES = 5;

/** Nothing counted yet. */
export function emptyTally(): RouteTally {
  return {
    equal: 0,
    different: 0,
    skipped: {},
    answered: { first: 0, other: 0, fallback: 0 },
    examples: [],
  };
}

/** Counts a comparison. */
export function addComparison(tallies: Tallies, route: string, comparison: Comparison): void {
  const tally = tallyOf(tallies, route);
  if (comparison.kind === "equal") tally.equal += 1;
  else if (comparison.kind === "skipped") addSkipped(tally, comparison.reason, 1);
  else {
    tally.different += 1;
    addExample(tally, comparison.example);
  }
}

/** Counts an answer on a route with a cutover. */
export function addAnswer(tallies: Tallies, route: string, by: MigrationAnswer): void {
  tallyOf(tallies, route).answered[by] += 1;
}

/** Adds what others have counted. */
export function addTallies(tallies: Tallies, others: Tallies): void {
  for (const [route, other] of Object.entries(others)) {
    const tally = tallyOf(tallies, route);
    tally.equal += other.equal;
    tally.different += other.different;
    for (const [reason, count] of Object.entries(other.skipped)) {
      addSkipped(tally, reason as SkipReason, count);
    }
    for (const by of ["first", "other", "fallback"] as const) tally.answered[by] += other.answered[by];
    for (const example of other.examples) addExample(tally, example);
  }
}

function tallyOf(tallies: Tallies, route: string): RouteTally {
  tallies[route] ??= emptyTally();
  return tallies[route];
}

function addSkipped(tally: RouteTally, reason: SkipReason, count: number): void {
  tally.skipped[reason] = (tally.skipped[reason] ?? 0) + count;
}

/** The earliest of each kind; many requests differ in one way. */
function addExample({ examples }: RouteTally, example: DifferingExample): void {
  const same = examples.findIndex((other) => kindOf(other) === kindOf(example));
  if (same >= 0) {
    if (example.at < (examples[same] as DifferingExample).at) examples[same] = example;
  } else if (examples.length < MAX_EXAMPLES) examples.push(example);
  examples.sort((left, right) => (left.at < right.at ? -1 : 1));
}

function kindOf({ request, differences }: DifferingExample): string {
  const places = differences.map(({ where }) => where.replace(/\d+/g, "n"));
  return [request.split(" ", 1)[0], ...places].join("\n");
}
