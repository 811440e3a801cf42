// Upstreams and routes as causeway.config.ts declares them, resolved and checked: plain data for the serve half.

import type { ClientSettings, GuardSettings } from "./guards.ts";
import type { CutoverSettings, ShadowSettings } from "./migration.ts";
import type { ServerAddress, UpstreamProtocol, UpstreamTls } from "./transport.ts";

/** The part of a site that decides by rules, before static files and functions are asked. */
export interface RoutingSection {
  upstreams: Record<string, UpstreamSettings>;
  /** Tried in order; the first that matches answers. */
  routes: RoutingRule[];
  /** Addresses and CIDR ranges (or `unix`) whose forwarding fields are believed. */
  trustedProxies: string[];
  /** In front of everything; routes may have their own. */
  guards?: GuardSettings;
  /** What is borne from slow or verbose clients. */
  clients?: ClientSettings;
  /** Where shared answers are kept; absent: as it comes. */
  cache?: CacheStoreSettings;
}

/** Where a server keeps the answers that it shares, and who else is told of purges. */
export interface CacheStoreSettings {
  /** Of each process. */
  memoryBytes?: number;
  /** Absent: on disk if several processes share it; false: only in memory. */
  disk?: false | { folder?: string; maxBytes?: number };
  /** Purges are exchanged with other nodes. The URL may also come from the environment. */
  redis?: { url?: string; channel: string };
}

/** A named group of servers. */
export interface UpstreamSettings {
  servers: ServerSettings[];
  balancing: BalancingSettings;
  timeouts: TimeoutSettings;
  passiveHealth: PassiveHealthSettings;
  /** Absent: servers are judged by their answers to clients only. */
  activeHealth?: ActiveHealthSettings;
  /** Absent: never opens. */
  circuitBreaker?: CircuitBreakerSettings;
  retries: RetrySettings;
  /** The Host that servers see: the client's, the server's own name, or a text. */
  host: { kind: "client" } | { kind: "server" } | { kind: "fixed"; value: string };
  /** Which fields tell servers about the client. */
  forwarding: ForwardingStyle;
  /** Interim answers (1xx) of servers go on to clients. */
  passesInterim: boolean;
  /** uwsgi and FastCGI need a length: bodies without one are collected up to here. */
  maxBufferedBodyBytes: number;
}

export const FORWARDING_STYLES = ["x-forwarded", "forwarded", "both", "none"] as const;
export type ForwardingStyle = (typeof FORWARDING_STYLES)[number];

export interface ServerSettings {
  protocol: UpstreamProtocol;
  address: ServerAddress;
  tls?: UpstreamTls;
  weight: number;
  /** Only asked when no other server can be. */
  backup: boolean;
  /** Gets no new clients; those bound to it by a sticky cookie stay. */
  drain: boolean;
  /** 0: any number of requests at once. */
  maxConnections: number;
  variables?: Record<string, string>;
  script?: { file: string } | { root: string; index: string };
}

export type HashKey =
  | { kind: "uri" }
  | { kind: "client-address" }
  | { kind: "header"; name: string }
  | { kind: "cookie"; name: string };

export type BalancingPolicy =
  | { kind: "round-robin" }
  | { kind: "least-busy" }
  | { kind: "two-choices" }
  | { kind: "hash"; key: HashKey };

export interface BalancingSettings {
  policy: BalancingPolicy;
  /** Binds a client to the server that answered first. */
  sticky?: { cookie: string; maxAgeSeconds?: number; secure: boolean };
}

/** Milliseconds; 0 is no limit. */
export interface TimeoutSettings {
  connectMs: number;
  /** From the end of the request to the beginning of the answer. */
  firstByteMs: number;
  /** Between two pieces of a body, either way. */
  idleMs: number;
  /** From the first attempt to the end of the answer. */
  totalMs: number;
}

export interface PassiveHealthSettings {
  /** Failures within `failTimeoutMs` that take a server out; 0 never does. */
  maxFails: number;
  /** Also how long it stays out. */
  failTimeoutMs: number;
  /** A server that comes back gets its full share only after this time. */
  slowStartMs: number;
  /** Statuses that count as failures, beside broken exchanges. */
  failureStatuses: number[];
}

export interface ActiveHealthSettings {
  path: string;
  intervalMs: number;
  timeoutMs: number;
  /** Checks in a row that change the verdict. */
  healthyAfter: number;
  unhealthyAfter: number;
  /** Statuses that mean healthy, both ends included. */
  statuses: { from: number; to: number };
}

export interface CircuitBreakerSettings {
  /** Share of failures, 0 to 1, at which a server is not asked any more. */
  failureRatio: number;
  minimumRequests: number;
  windowMs: number;
  openMs: number;
}

export interface RetrySettings {
  /** Servers that one request may be sent to, the first included. */
  attempts: number;
  /** Repeated requests, as a share of all, beyond which failures are passed on. */
  budgetRatio: number;
  /** Repeated requests within ten seconds that are always allowed. */
  budgetMinimum: number;
}

/** When a route applies. All that is named must hold. */
export interface RoutingCondition {
  /** Host names; `*.example.com` is any name below. */
  hosts?: string[];
  /** Pattern with `*` and `:name`, as in `_redirects`. */
  path?: string;
  methods?: string[];
  headers?: FieldCondition[];
  cookies?: FieldCondition[];
}

/** A field is there, or has this value. */
export interface FieldCondition {
  name: string;
  value?: string;
}

export interface RoutingRule extends GuardSettings {
  when: RoutingCondition;
  action: RoutingAction;
  requestHeaders?: HeaderEdits;
  responseHeaders?: HeaderEdits;
  /** For the shared cache. */
  cache?: RouteCacheSettings;
  /** Compares the answers with another one's. */
  shadow?: ShadowSettings;
  /** Lets another one answer a share of the clients. */
  cutover?: CutoverSettings;
}

/** The `to`, `rewrite` texts may name what wildcards took: `:splat`, `:name`. */
export type RoutingAction =
  | { kind: "upstream"; upstream: string; rewrite?: string }
  | { kind: "function"; rewrite?: string }
  | { kind: "static"; rewrite?: string }
  | { kind: "redirect"; to: string; status: 301 | 302 | 303 | 307 | 308 }
  | { kind: "answer"; status: number; headers: [name: string, value: string][]; body: string };

export interface HeaderEdits {
  set: [name: string, value: string][];
  remove: string[];
}

/** Whether and how long answers of a route are shared. */
export interface RouteCacheSettings {
  /** False keeps the shared cache out, whatever the answers say. */
  enabled: boolean;
  /** Freshness of answers that name none, in seconds. */
  defaultSeconds?: number;
  /** Somebody has been let in: answers are kept only if they say themselves that others may have them. */
  isPersonal?: boolean;
  /** The same for 404, 405, 410, 414 and 501. */
  negativeSeconds?: number;
  /** Lifetimes as a share of the time since Last-Modified (RFC 9111 §4.2.2). */
  heuristicFraction?: number;
  /** How long after its lifetime an answer may stand in for an origin that fails. */
  staleOnFailureSeconds?: number;
  /** Keep answers that set cookies, for everybody. */
  storeSetCookie?: boolean;
  /** Clients cannot demand fresh answers. */
  ignoreRequestDirectives?: boolean;
}
