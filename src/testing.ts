// A site in memory: answers requests without a socket, for the tests of a project's functions.

import { createMemoryStore } from "./assets/stores/memory-store.ts";
import type { FunctionBundle } from "./contract/bundle.ts";
import type { Env } from "./contract/handler.ts";
import type { RequestLimits } from "./contract/limits.ts";
import type { LogSink } from "./contract/platform.ts";
import type { AssetFile, RouteEntry, Site } from "./contract/site.ts";
import { SITE_FORMAT } from "./contract/site.ts";
import type { EdgeMiddleware } from "./edge/edge-context.ts";
import { mediaTypeOf } from "./http/media-type.ts";
import { SILENT_LOG } from "./observe/line-log.ts";
import { buildRoutes } from "./pages/build-routes.ts";
import { createApplicationEnv } from "./runtimes/application-env.ts";
import { composeSite } from "./runtimes/compose.ts";
import { BackgroundWork, RequestContext } from "./runtimes/request-context.ts";
import { SYSTEM_CLOCK } from "./runtimes/system-clock.ts";

/** Nothing is connected. */
const NOBODY = { address: undefined };

/** What a site in memory is made of. */
export interface TestSiteOptions {
  /** File below functions/ → its exports: `{ "users/[id].ts": { onRequestGet } }`. */
  functions?: Record<string, Record<string, unknown>>;
  /** Path → content: `{ "/index.html": "<h1>hi</h1>" }`. */
  assets?: Record<string, string | Uint8Array>;
  /** Variables and secrets. */
  env?: Env;
  log?: LogSink;
  limits?: Partial<RequestLimits>;
  /** Log a record for each request. */
  accessLog?: boolean;
  /** Hono middleware in front of files and functions. */
  middleware?: readonly EdgeMiddleware[];
}

/** A site that answers `fetch` like a running server. */
export interface TestSite {
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
  /** Resolves when all work given to waitUntil is done. */
  settled(): Promise<void>;
}

const ORIGIN = "http://localhost/";

/** Puts functions and files together as a build would, without a disk or a bundler. */
export async function createTestSite(options: TestSiteOptions): Promise<TestSite> {
  const { functions = {}, assets = {}, env = {}, log = SILENT_LOG } = options;
  const { limits = {}, accessLog = false, middleware = [] } = options;
  const { files, blobs } = await listAssets(assets);
  const site = createSiteDocument(routesOf(functions), files);
  const work = new BackgroundWork(log);
  const { handler } = composeSite({
    site,
    bundle: { modules: functions } satisfies FunctionBundle,
    platform: { runtime: "memory", assets: createMemoryStore(blobs), log, clock: SYSTEM_CLOCK },
    limits,
    accessLog,
    middleware,
  });
  const applicationEnv = createApplicationEnv(site, env, ORIGIN);
  return {
    async fetch(input, init) {
      const request = new Request(typeof input === "string" ? new URL(input, ORIGIN) : input, init);
      return handler(request, applicationEnv, new RequestContext(work, NOBODY));
    },
    settled: () => work.settled(),
  };
}

function routesOf(functions: Record<string, Record<string, unknown>>): RouteEntry[] {
  const files = Object.entries(functions).map(([file, exported]) => ({
    file,
    exports: Object.keys(exported),
  }));
  const { routes, problems } = buildRoutes(files);
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new TypeError(errors.map((problem) => problem.message).join("\n"));
  return routes;
}

async function listAssets(assets: Record<string, string | Uint8Array>) {
  const files: Record<string, AssetFile> = {};
  const blobs = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(assets)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
    const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    files[path] = { hash, size: bytes.byteLength, type: mediaTypeOf(path, "pages") };
    blobs.set(hash, bytes);
  }
  return { files, blobs };
}

function createSiteDocument(routes: RouteEntry[], files: Record<string, AssetFile>): Site {
  return {
    format: SITE_FORMAT,
    build: "memory",
    name: "test",
    application:
      routes.length === 0 ? { kind: "none" } : { kind: "functions", routes, invocation: undefined },
    assets: {
      files,
      htmlHandling: "pages",
      notFound: "pages",
      headers: [],
      redirects: { exact: [], patterns: [] },
      navigationFallbackOnly: false,
      immutableFingerprints: false,
    },
    vars: {},
    compatibility: { date: undefined, flags: [] },
  };
}
