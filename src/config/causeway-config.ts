// causeway.config.ts: what a project may write into it. docs/proxy.md explains each key.

import type { ClientsConfig, GuardsConfig } from "./guards-config.ts";

/** Milliseconds, or a text such as `500ms`, `5s`, `2m`. */
export type Duration = number | string;
/** Bytes, or a text such as `64KB`, `10MB`, `1GB` (powers of 1024). */
export type Size = number | string;

/** The default export of causeway.config.ts. */
export interface CausewayConfig extends GuardsConfig {
  /** Groups of servers, by the name that routes use. A list of URLs is short for `{ servers }`. */
  upstreams?: Record<string, string | string[] | UpstreamConfig>;
  /** Tried in order, before static files and functions; the first that matches answers. */
  routes?: RouteConfig[];
  /** Addresses, CIDR ranges or `unix`: proxies in front of this server whose X-Forwarded-* is believed. */
  trustedProxies?: string[];
  clients?: ClientsConfig;
  /** The shared cache of the server: docs/shared-cache.md. */
  cache?: CacheConfig;
}

export interface CacheConfig {
  /** Of each process; 64 MB if absent. */
  memory?: Size;
  /** A folder of answers that survive a restart. Without a word about it: where several workers share it. */
  disk?: boolean | { folder?: string; maxSize?: Size };
  /** Purges are exchanged with other nodes: `redis://host:6379`, or true for the URL in CAUSEWAY_REDIS_URL. */
  redis?: boolean | string | { url?: string; channel?: string };
}

export interface UpstreamConfig {
  servers: (string | ServerConfig)[];
  balance?: "round-robin" | "least-busy" | "two-choices" | { hash: HashKeyConfig };
  /** Binds clients to servers; true is a session cookie named `causeway`. */
  sticky?: boolean | { cookie?: string; maxAge?: Duration; secure?: boolean };
  timeouts?: { connect?: Duration; firstByte?: Duration; idle?: Duration; total?: Duration };
  health?: HealthConfig;
  circuitBreaker?: boolean | CircuitBreakerConfig;
  /** How many servers a request may be sent to, and how much repeating is allowed; false: one. */
  retries?: false | { attempts?: number; budgetRatio?: number; budgetMinimum?: number };
  /** The Host that servers see: `client` (default), `server`, or a name. */
  host?: "client" | "server" | (string & {});
  /** Fields that tell servers about the client. */
  forwarding?: "x-forwarded" | "forwarded" | "both" | "none";
  /** Interim answers (1xx) of servers: `pass` (default) or `drop`. */
  interim?: "pass" | "drop";
  tls?: TlsConfig;
  /** FastCGI: the file of a front controller. */
  script?: string;
  /** FastCGI: the directory below which paths name scripts. */
  root?: string;
  /** FastCGI: the script of a directory; `index.php` if absent. */
  index?: string;
  /** uwsgi and FastCGI: further variables. */
  variables?: Record<string, string>;
  /** uwsgi and FastCGI: up to where bodies without a length are collected. */
  maxBufferedBody?: Size;
}

/** `http://10.0.0.1:8080`, `https://…`, `http+unix:///run/app.sock`, likewise `uwsgi` and `fastcgi`. */
export interface ServerConfig {
  url: string;
  weight?: number;
  backup?: boolean;
  drain?: boolean;
  maxConnections?: number;
}

export type HashKeyConfig = "uri" | "client-address" | { header: string } | { cookie: string };

export interface HealthConfig {
  /** Failures within `failTimeout` that take a server out for as long; 0 never does. */
  maxFails?: number;
  failTimeout?: Duration;
  slowStart?: Duration;
  /** Statuses that count as failures. */
  failureStatuses?: number[];
  /** Ask servers at intervals. */
  check?: {
    path: string;
    interval?: Duration;
    timeout?: Duration;
    healthyAfter?: number;
    unhealthyAfter?: number;
    /** Lowest and highest status of a healthy server. */
    statuses?: [from: number, to: number];
  };
}

export interface CircuitBreakerConfig {
  failureRatio?: number;
  minimumRequests?: number;
  window?: Duration;
  open?: Duration;
}

export interface TlsConfig {
  serverName?: string;
  /** PEM text. */
  ca?: string;
  certificate?: string;
  key?: string;
  dangerouslyAcceptAnyCertificate?: boolean;
}

/** One route: conditions, exactly one of `upstream`, `function`, `static`, `redirect`, `answer`, and edits. */
export interface RouteConfig extends GuardsConfig {
  host?: string | string[];
  /** `/api/*`, `/users/:id`; the wildcard's text is `:splat`. */
  path?: string;
  method?: string | string[];
  /** Name → value, or true for any. */
  header?: Record<string, string | true>;
  cookie?: Record<string, string | true>;

  upstream?: string;
  function?: true;
  static?: true;
  redirect?: string | { to: string; status?: 301 | 302 | 303 | 307 | 308 };
  answer?: { status?: number; headers?: Record<string, string>; body?: string };

  /** The path that is asked instead: `/v2/:splat`. */
  rewrite?: string;
  requestHeaders?: HeaderEditsConfig;
  responseHeaders?: HeaderEditsConfig;
  /** The shared cache for this route: off, on, or with rules of its own. */
  cache?: boolean | RouteCacheConfig;
  /** Compares what answers with what is to answer one day; `causeway shadow` shows the differences. */
  shadow?: boolean | ShadowConfig;
  /** Lets a share of the clients be answered by another one. */
  cutover?: false | CutoverConfig;
}

export interface RouteCacheConfig {
  /** Lifetime of answers that name none. */
  defaultTtl?: Duration;
  /** The same for 404, 405, 410, 414 and 501. */
  negativeTtl?: Duration;
  /** Guess lifetimes as this share of the time since Last-Modified; 0.1 is common. */
  heuristic?: number;
  /** How long after its lifetime an answer may stand in for an origin that fails; an hour if absent. */
  staleOnFailure?: Duration;
  /** Share answers that set cookies, with the cookies. */
  storeSetCookie?: boolean;
  /** Do not let clients demand fresh answers. */
  ignoreRequestDirectives?: boolean;
}

/** The functions, or a group of servers. */
export type MigrationTargetConfig = "function" | { upstream: string };

export interface ShadowConfig {
  /** `function` if absent. */
  to?: MigrationTargetConfig;
  /** GET and HEAD if absent. Others are executed twice. */
  methods?: string[];
  /** Per cent of the requests; 100 if absent. */
  sample?: number;
  ignore?: {
    headers?: string[];
    /** Places in JSON, `$.items[*].id`, or JSON Pointers; `*` is any key or index. */
    json?: string[];
    /** What may differ in other texts. */
    text?: (RegExp | string)[];
    /** Take runs of white space in texts for one space. */
    whitespace?: boolean;
  };
  /** Bodies beyond this are not compared; 1 MB if absent. */
  maxBody?: Size;
  /** How long the other one may take; 10 s if absent. */
  timeout?: Duration;
}

export interface CutoverConfig {
  /** `function` if absent. */
  to?: MigrationTargetConfig;
  /** Per cent of the clients. */
  percent: number;
  /** What keeps a client where it is: a cookie (true, and if absent), its address, or nothing. */
  sticky?: boolean | "cookie" | "client-address";
  /** Ask the one before where the other answers 5xx; for GET, HEAD and OPTIONS if absent. */
  fallback?: boolean | { methods?: string[]; maxBody?: Size };
}

export interface HeaderEditsConfig {
  set?: Record<string, string>;
  remove?: string[];
}

/** Gives the configuration back, with the editor's help while it is written. */
export function defineConfig(config: CausewayConfig): CausewayConfig {
  return config;
}
