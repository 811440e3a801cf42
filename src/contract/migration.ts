// How a route moves from one that answers to another: what is compared, who is moved, and what is counted meanwhile.

import type { RoutingAction, RoutingCondition } from "./routing.ts";

/** Marks the request of a shadow run for what answers it. Taken from every client's request at the door. */
export const SHADOW_FIELD = "causeway-shadow";

/** Who can take a route over. */
export type MigrationTarget = Extract<RoutingAction, { kind: "upstream" | "function" }>;

/** Asks a second one what the client has been told by the first, and compares. */
export interface ShadowSettings {
  to: MigrationTarget;
  methods: string[];
  /** Share of the requests that are compared, 0 to 100. */
  percent: number;
  ignore: ComparisonRules;
  /** Bytes of a body up to which it is compared. */
  maxBodyBytes: number;
  /** How long the second one may take. */
  timeoutMs: number;
}

/** What may differ between two answers that count as equal, beside what always may. */
export interface ComparisonRules {
  /** Lower-case names of header fields. */
  headers: string[];
  /** Places in JSON bodies, as keys and indexes; null stands for any. */
  json: (string | null)[][];
  /** Whatever these match in other textual bodies. */
  text: { source: string; flags: string }[];
  /** Whether runs of white space in textual bodies count as one space. */
  whitespace: boolean;
}

/** Lets a share of the clients have their answers from another one. */
export interface CutoverSettings {
  to: MigrationTarget;
  /** 0 to 100. */
  percent: number;
  /** What keeps a client where it is; false: every request is drawn anew. */
  sticky: "cookie" | "client-address" | false;
  /** Methods whose requests are asked again of the first one where the other fails; none: nothing is. */
  fallbackMethods: string[];
  /** Bytes of a request body that are kept for asking again. */
  maxBodyBytes: number;
}

/** One thing that two answers do not have in common. */
export interface Difference {
  /** `status`, `header vary`, `cookie session`, `body $.total`, `body line 3`. */
  where: string;
  expected: string;
  actual: string;
}

/** A request whose answers differ, without anything that gives access. */
export interface DifferingExample {
  /** Method and target. */
  request: string;
  requestId: string;
  /** ISO 8601. */
  at: string;
  differences: Difference[];
}

export const SKIP_REASONS = [
  "busy",
  "client-gone",
  "content-coding",
  "first-failed",
  "not-modified",
  "stream",
  "too-large",
] as const;
/** Why a request was not compared. */
export type SkipReason = (typeof SKIP_REASONS)[number];

/** How one comparison ended. */
export type Comparison =
  | { kind: "equal" }
  | { kind: "different"; example: DifferingExample }
  | { kind: "skipped"; reason: SkipReason };

/** Who has answered a request on a route with a cutover; `fallback`: the first, after the other had failed. */
export type MigrationAnswer = "first" | "other" | "fallback";

/** Where comparisons and answers are counted, by the name of the route. Implementations never throw. */
export interface MigrationLedger {
  compared(route: string, comparison: Comparison): void;
  answered(route: string, by: MigrationAnswer): void;
}

/** What was counted for one route. */
export interface RouteTally {
  equal: number;
  different: number;
  skipped: Partial<Record<SkipReason, number>>;
  answered: Record<MigrationAnswer, number>;
  /** The first ones, each of another kind. */
  examples: DifferingExample[];
}

/** A route as people know it: `shop.example.com/users/* GET`. */
export function formatRoute({ hosts, path, methods, headers, cookies }: RoutingCondition): string {
  const fields = [...(headers ?? []), ...(cookies ?? [])].map(({ name, value }) =>
    value === undefined ? `[${name}]` : `[${name}=${value}]`,
  );
  const place = `${hosts?.join("|") ?? ""}${path ?? "/*"}`;
  return [place, ...(methods === undefined ? [] : [methods.join("|")]), ...fields].join(" ");
}
