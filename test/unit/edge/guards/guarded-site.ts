// Guards as a configuration declares them, in front of a handler that tells what reached it.

import type { CausewayConfig } from "../../../../src/config/causeway-config.ts";
import { readCausewayConfig } from "../../../../src/config/causeway-config-read.ts";
import type { Env, GatewayContext, Handler } from "../../../../src/contract/handler.ts";
import type { EdgeServices } from "../../../../src/edge/edge-context.ts";
import { guardRequests } from "../../../../src/edge/phases/guard-requests.ts";
import { routeRequests } from "../../../../src/edge/phases/route-requests.ts";

export interface GuardedSite {
  ask(path: string, init?: RequestInit & { from?: string }): Promise<Response>;
  /** Requests that passed, as `METHOD path`. */
  passed: string[];
  /** Fields of the last one. */
  fields(): Headers;
  errors: unknown[];
}

export interface GuardedSiteParts {
  upstreams?: Record<string, Handler>;
  env?: Env;
  now?: () => number;
  context?: Partial<GatewayContext>;
  answer?: Handler;
}

export function createGuardedSite(config: CausewayConfig, parts: GuardedSiteParts = {}): GuardedSite {
  const { section, mistakes } = readCausewayConfig(config);
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join("\n"));
  const passed: string[] = [];
  const errors: unknown[] = [];
  let last = new Headers();
  const behind: Handler = (request, env, context) => {
    passed.push(`${request.method} ${new URL(request.url).pathname}`);
    last = request.headers;
    return parts.answer?.(request, env, context) ?? new Response("behind");
  };
  const services = {
    platform: {
      runtime: "memory",
      clock: { now: parts.now ?? Date.now, monotonic: () => performance.now() },
      log: { access() {}, warn() {}, error: (_message: string, error: unknown) => errors.push(error) },
    },
    upstreams: new Map(Object.entries(parts.upstreams ?? {})),
    env: parts.env ?? {},
    application: behind,
  } as unknown as EdgeServices;
  const handler = guardRequests(services, section, routeRequests(services, section, behind));
  return {
    passed,
    errors,
    fields: () => last,
    async ask(path, { from = "192.0.2.1", ...init } = {}) {
      const request = new Request(path.startsWith("/") ? `http://site.test${path}` : path, init);
      const context = { waitUntil() {}, passThroughOnException() {}, requestId: "id", clientAddress: from };
      return handler(request, {}, { ...context, ...parts.context });
    },
  };
}
