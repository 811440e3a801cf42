// What the master of the application server and its workers say to each other.

import type { CacheOrder } from "../../contract/cache-order.ts";
import type { TurnVerdict } from "../../contract/flight-turns.ts";
import type { LimitRule, LimitVerdict } from "../../contract/limit-counters.ts";
import type { DrainOrder, ScheduledTask, WorkerReport } from "../../contract/process-host.ts";
import type { SiteRoute } from "../many-sites/site-route.ts";
import type { Offer } from "./connection-dealer.ts";
import type { Deadlines } from "./deadlines.ts";

/** What a worker does: all of a site, or only what faces the clients, or only the functions behind that. */
export type WorkerRole = "site" | "edge" | "functions";

/** Everything a worker needs to know. */
export interface WorkerBrief {
  id: number;
  role: WorkerRole;
  /** Where the edge finds the functions, if they are isolated. */
  functionsSocket: string | undefined;
  /** Folder of this worker's copy of the build. */
  release: string;
  /** Folder of the build itself. */
  outDir: string;
  /** Under which URL the site is reached. */
  url: string;
  /** Variables and secrets for the functions. */
  env: Record<string, unknown>;
  deadlines: Deadlines;
  /** Requests in flight above which further ones are refused. */
  backlog: number;
  accessLog: boolean;
  /** The name by which logs tell the site from others; undefined where it is the only one. */
  siteName: string | undefined;
  /** The control socket, if it has a place of its own. */
  control: string | undefined;
}

/** A place that a request wants: the worker's number for it, the rule, the key. */
export type LimitAsk = [number: number, rule: LimitRule, key: string];
/** What the front of many sites needs to know. */
export interface FrontBrief {
  id: number;
  role: "front";
  routes: readonly SiteRoute[];
  /** Requests in flight above which further ones are refused. */
  backlog: number;
  accessLog: boolean;
}

export type Brief = WorkerBrief | FrontBrief;

export type MasterMessage =
  | { kind: "boot"; brief: Brief }
  /** To the front of many sites: where requests go from now on. */
  | { kind: "routes"; routes: readonly SiteRoute[] }
  /** Comes with a connection. */
  | { kind: "connection"; offer: Offer }
  | { kind: "limits"; verdicts: [number: number, verdict: LimitVerdict][] }
  | { kind: "scheduled"; task: ScheduledTask }
  | { kind: "drain"; order: DrainOrder }
  | CacheNotice;

export type WorkerMessage =
  | { kind: "ready" }
  | { kind: "boot-failed"; message: string; remedy?: string }
  /** All connections up to this number have been taken, except those that came too late. */
  | { kind: "took"; upTo: number; late: number[] }
  /** Requests at the counters, and those that have left them. */
  | { kind: "limits"; asks: LimitAsk[]; left: number[] }
  | { kind: "report"; report: WorkerReport }
  | { kind: "leaving" }
  | CacheRequest;

export type CacheNotice =
  | { kind: "cache-order"; ticket: number; order: CacheOrder }
  /** A worker's own order has been obeyed by all. */
  | { kind: "cache-done"; ticket: number; removed: number }
  /** It is the worker's turn to ask an origin; with a verdict: it was another's, and that is over. */
  | { kind: "turn"; ticket: number; mayBeKept?: boolean; verdict?: TurnVerdict };

export type CacheRequest =
  | { kind: "cache-order"; ticket: number; order: CacheOrder }
  | { kind: "cache-done"; ticket: number; removed: number }
  | { kind: "take-turn"; ticket: number; key: string }
  | { kind: "end-turn"; key: string; verdict: TurnVerdict };

/** How often a worker reports. */
export const REPORT_EVERY_MS = 250;
/** File descriptor of a worker on which its watchdog writes, one JSON document a line. */
export const WATCHDOG_DESCRIPTOR = 4;

/** A worker's event loop is stuck past a deadline. */
export interface HangNotice {
  stuckMs: number;
  /** The requests that were open; several where functions wait for something while one hangs. */
  requests: { method: string; target: string; ageMs: number }[];
  /** Where the code hangs, unless it is in something that cannot be interrupted. */
  stack: string | undefined;
}
