// The versioned document where the build half and the serve half meet. Plain JSON, no functions.

import type { RoutingSection } from "./routing.ts";

/** Raised whenever a reader of an older document would misunderstand a newer one. */
export const SITE_FORMAT = 1;

/** A complete site as the build wrote it. */
export interface Site {
  format: typeof SITE_FORMAT;
  /** Hash of everything that was built; two builds of equal input have equal ids. */
  build: string;
  name: string;
  application: Application;
  assets: AssetSection;
  /** Variables from the configuration (never secrets). */
  vars: Record<string, unknown>;
  /** Upstreams and routes of causeway.config.ts, where a project has them. */
  routing?: RoutingSection;
  compatibility: { date: string | undefined; flags: string[] };
  /** Only in what `causeway dev` serves. */
  development?: DevelopmentRules;
  /** When the Worker's `scheduled` runs: cron expressions in UTC. */
  crons?: string[];
}

/** Whom a development server answers. */
export interface DevelopmentRules {
  /** Names beside `localhost` under which the developer's browser asks, in lower case. */
  allowedHosts: string[];
}

/** What answers dynamic paths: nothing, file routes, or one module with `fetch`. */
export type Application =
  | { kind: "none" }
  | { kind: "functions"; routes: RouteEntry[]; invocation: InvocationRules | undefined }
  | { kind: "worker"; invocation: InvocationRules | undefined; first: WorkerFirst };

/** `_routes.json`: which paths reach the application at all (Pages docs, "Functions invocation routes"). */
export interface InvocationRules {
  version: 1;
  include: string[];
  exclude: string[];
}

/**
 * When a Worker runs relative to static files: always (Pages advanced mode, `run_worker_first: true`),
 * only where no asset answers (Workers default), or by path patterns.
 */
export type WorkerFirst =
  | { kind: "always" }
  | { kind: "assets-first" }
  | { kind: "patterns"; worker: string[]; assets: string[] };

/** The methods a function file can name in an export (`onRequestGet`, …). */
export const ROUTE_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"] as const;
export type RouteMethod = (typeof ROUTE_METHODS)[number];

/** One row of the route table, in Pages' own terms: route path, mount path, method. */
export interface RouteEntry {
  /** `/users/:id`, `/files/:path*`; literal text is kept as the file name has it. */
  routePath: string;
  /** Directory part of the route path; what `functionPath` of a middleware is matched against. */
  mountPath: string;
  /** Undefined: every method. */
  method: RouteMethod | undefined;
  middleware: HandlerReference[];
  handlers: HandlerReference[];
}

/** Points at one export of one function file. */
export interface HandlerReference {
  /** Path below the functions directory, with `/` separators: `users/[id].ts`. */
  file: string;
  exportName: string;
}

/**
 * How paths become files: Pages' rules, Workers' `html_handling` of that name, or `index`: files under their own
 * names, and a directory answers with its index.html.
 */
export type HtmlHandling =
  | "pages"
  | "index"
  | "auto-trailing-slash"
  | "force-trailing-slash"
  | "drop-trailing-slash"
  | "none";

/** What answers a path without a file: Pages' nearest-404-or-SPA rule, or a Workers setting. */
export type NotFoundHandling = "pages" | "none" | "404-page" | "single-page-application";

/** Everything static: the manifest and the rules that apply to it. */
export interface AssetSection {
  /** Decoded absolute path (`/a b.html`) → file. Only what is listed here can ever be served. */
  files: Record<string, AssetFile>;
  htmlHandling: HtmlHandling;
  notFound: NotFoundHandling;
  headers: HeaderRule[];
  redirects: RedirectRules;
  /** The fallback page answers only navigations, never a missing script or image. */
  navigationFallbackOnly: boolean;
  /** Name of the binding under which the application finds these files; `ASSETS` if absent. */
  binding?: string;
  /** Address of the store that holds the bytes, if not the folder of the build; see `readStoreAddress`. */
  store?: string;
  /** Fingerprinted names (`app.3f2a91bc.js`) get `immutable`. */
  immutableFingerprints: boolean;
  /** Node sends a page's `links` in a 103 (RFC 8297) before functions run in front of it. */
  hintsBeforeFunctions?: true;
}

/** One static file. */
export interface AssetFile {
  /** Lower-case hex SHA-256 of the bytes; the key in the asset store and the source of the ETag. */
  hash: string;
  /** Bytes. */
  size: number;
  /** Media type with charset, or undefined where the rules name none (Workers, unknown extension). */
  type: string | undefined;
  /** HTTP-date (RFC 9110 §5.6.7) of the last change, where known. */
  modified?: string;
  /** Of a page: the value of `Link`, which names what browsers should load first. */
  links?: string;
  /** Precompressed variants by content coding. */
  encodings?: Partial<Record<ContentCoding, AssetVariant>>;
}

export type ContentCoding = "br" | "zstd" | "gzip";

/** A precompressed form of a file, stored under its own hash. */
export interface AssetVariant {
  hash: string;
  size: number;
}

/** One block of `_headers`. */
export interface HeaderRule {
  /** `https://host` (scheme and port never matter) or undefined for every host. */
  host: string | undefined;
  /** Path pattern with `*` and `:name`. */
  path: string;
  /** Names in lower case. */
  detach: string[];
  set: [name: string, value: string][];
  line: number;
}

/** `_redirects`, split as the lookup needs it. */
export interface RedirectRules {
  /** Looked up by exact pathname before any pattern. */
  exact: RedirectRule[];
  /** Tried in file order. */
  patterns: RedirectRule[];
}

export interface RedirectRule {
  from: string;
  to: string;
  status: 200 | 301 | 302 | 303 | 307 | 308;
  line: number;
}
