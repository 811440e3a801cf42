// Workers: the platform's fetch event in front of the edge, static files from the assets binding.

import { type AssetsBinding, createBindingStore } from "../assets/stores/binding-store.ts";
import { createR2Store, type R2Source } from "../assets/stores/bucket-store.ts";
import { createOriginStore } from "../assets/stores/origin-store.ts";
import { createPlatformCache, type PlatformCache } from "../cache/platform-cache.ts";
import { setPurger } from "../cache/purge-cache.ts";
import { createSharedCache } from "../cache/shared-cache.ts";
import type { FunctionBundle } from "../contract/bundle.ts";
import type { Env, GatewayContext } from "../contract/handler.ts";
import { SHADOW_FIELD } from "../contract/migration.ts";
import type { AssetStore, LogSink, Platform } from "../contract/platform.ts";
import type { Site } from "../contract/site.ts";
import { readStoreAddress } from "../contract/store-address.ts";
import { isCodingAccepted } from "../http/accept-encoding.ts";
import { formatHttpDate } from "../http/http-date.ts";
import { describeError } from "../observe/line-log.ts";
import { createApplicationEnv } from "./application-env.ts";
import { carryTrace } from "./carry-trace.ts";
import { composeSite, type SiteParts } from "./compose.ts";
import { makeSendable } from "./sendable-response.ts";
import { createWorkersTransport } from "./server/transport-workers.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** The binding under which a Workers deployment of ours holds its files. */
const ASSETS_BINDING = "ASSETS";

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

/** A Worker's default export for a build. */
export interface Worker {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response>;
}

/** Makes the Worker; site and env are put together at the first request of an isolate. */
export function createWorker({ site, bundle }: { site: Site; bundle: FunctionBundle }): Worker {
  let ready: ReturnType<typeof prepare> | undefined;
  return {
    async fetch(request, env, execution) {
      ready ??= prepare(site, bundle, env, new URL(request.url).origin);
      const context = new WorkersContext(request, execution);
      const served = carryTrace(withoutShadowMark(withClientEncoding(request)));
      const response = await ready.handler(served, ready.env, context);
      return withDate(withStatedCoding(request, makeSendable(response, context, CONSOLE_LOG)));
    },
  };
}

function prepare(site: Site, bundle: FunctionBundle, env: Env, origin: string) {
  const platform = {
    runtime: "workers" as const,
    assets: openStore(site, env),
    log: CONSOLE_LOG,
    clock: SYSTEM_CLOCK,
    ...transportFor(site),
  };
  const { handler } = composeSite({ site, bundle, platform, env, ...cacheFor(site) });
  const { [ASSETS_BINDING]: _files, ...own } = env;
  return { handler, env: createApplicationEnv(site, own, origin) };
}

/** The store that the site names: a bucket by its R2 binding, or an HTTP origin; else the assets binding. */
function openStore({ assets }: Site, env: Env): AssetStore {
  if (assets.store === undefined) return createBindingStore(env[ASSETS_BINDING] as AssetsBinding);
  const address = readStoreAddress(assets.store);
  if ("flaw" in address)
    throw new TypeError(`Cannot use "${assets.store}" as an asset store: ${address.flaw}`);
  if (address.kind === "origin") return createOriginStore({ base: address.base });
  const bucket = address.binding === undefined ? undefined : env[address.binding];
  if (bucket === undefined) {
    const wanted = address.binding ?? "which the address of the store does not name";
    throw new TypeError(`Cannot read the bucket "${address.bucket}": there is no R2 binding ${wanted}`);
  }
  return createR2Store(bucket as R2Source, address.prefix);
}

/**
 * The platform asks Workers for `br, gzip` whatever the client wants, and tells in `cf` what that is; a coded
 * body is passed on as it is (`encodeBody: "manual"`), so the client's own wish must decide.
 */
function withClientEncoding(request: Request): Request {
  const wanted = clientEncoding(request);
  if (wanted === undefined || wanted === request.headers.get("accept-encoding")) return request;
  const changed = new Request(request);
  if (wanted === "") changed.headers.delete("accept-encoding");
  else changed.headers.set("accept-encoding", wanted);
  return changed;
}

function clientEncoding(request: Request): string | undefined {
  const wanted = (request as Request & { cf?: { clientAcceptEncoding?: unknown } }).cf?.clientAcceptEncoding;
  return typeof wanted === "string" ? wanted : undefined;
}

/** Cloudflare's network adds Date, workerd alone does not; a server with a clock must (RFC 9110 §6.6.1). */
function withDate(response: Response): Response {
  try {
    if (!response.headers.has("date")) response.headers.set("date", formatHttpDate(SYSTEM_CLOCK.now()));
  } catch {
    // The answer of a fetch is immutable, and brings its own Date.
  }
  return response;
}

/**
 * wrangler's local server codes what it may, whatever the status, and answers 415 for us where a client refuses plain
 * bytes; only an answer that names a coding it does not know it passes on. A part and a 304 must not be coded
 * (RFC 9110 §14.4, §15.4.5), and plain bytes are what we send rather than an error (§12.5.3).
 */
function withStatedCoding(request: Request, response: Response): Response {
  const wanted = clientEncoding(request);
  const isPlain = [206, 304].includes(response.status) || !isCodingAccepted(wanted ?? "", "identity");
  if (!wanted || !isPlain || response.status === 101 || response.headers.has("content-encoding"))
    return response;
  const stated = new Response(response.body, response);
  stated.headers.set("content-encoding", "identity");
  return stated;
}

/** The platform's own cache; a request of Workers cannot use what another one is being sent. */
function cacheFor({ routing }: Site): Pick<SiteParts, "cache"> {
  const { caches } = globalThis as unknown as { caches?: { default: PlatformCache } };
  if (routing === undefined || caches === undefined) return {};
  const store = createPlatformCache(caches.default);
  const cache = createSharedCache({ store, clock: SYSTEM_CLOCK, sharesFlights: false });
  setPurger((selection) => cache.purge(selection));
  return { cache };
}

/** Only we say which requests are shadow runs. */
function withoutShadowMark(request: Request): Request {
  if (!request.headers.has(SHADOW_FIELD)) return request;
  const changed = new Request(request);
  changed.headers.delete(SHADOW_FIELD);
  return changed;
}

function transportFor({ routing }: Site): Pick<Platform, "transport"> {
  return routing === undefined ? {} : { transport: createWorkersTransport() };
}

/** The platform names client and request in fields that it sets itself. */
class WorkersContext implements GatewayContext {
  readonly #request: Request;
  readonly #execution: ExecutionContext;
  #requestId: string | undefined;

  constructor(request: Request, execution: ExecutionContext) {
    this.#request = request;
    this.#execution = execution;
  }

  get requestId(): string {
    this.#requestId ??= this.#request.headers.get("cf-ray") ?? crypto.randomUUID();
    return this.#requestId;
  }

  get clientAddress(): string | undefined {
    return this.#request.headers.get("cf-connecting-ip") ?? undefined;
  }

  waitUntil(work: Promise<unknown>): void {
    this.#execution.waitUntil(work);
  }

  passThroughOnException(): void {}
}

const CONSOLE_LOG: LogSink = {
  access(record) {
    console.log(JSON.stringify(record));
  },
  error(message, error, fields = {}) {
    console.error(JSON.stringify({ message, ...fields, error: describeError(error) }));
  },
  warn(message, fields = {}) {
    console.warn(JSON.stringify({ message, ...fields }));
  },
};
