// Applications that are one module with `fetch`: `_worker.js` (Pages advanced mode) or a Worker's main.

import { CausewayError } from "../contract/errors.ts";
import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import { asIncomingRequest } from "./incoming-request.ts";
import { isFetchApplication } from "./load-handlers.ts";

type WorkerEntrypointClass = new (
  context: unknown,
  env: Env,
) => { fetch(request: Request): Response | Promise<Response> };

/**
 * Serves a Worker's default export: an object with `fetch`, or a WorkerEntrypoint class. A Worker with other
 * handlers only, such as `scheduled`, fails when a request reaches it; one without any is refused.
 */
export function serveWorker(worker: unknown, bindEnv: (env: Env) => Env): Handler {
  if (isFetchApplication(worker)) {
    return async (request, env, context) => {
      markRoute(context);
      return checkResponse(
        await worker.fetch(asIncomingRequest(request), bindEnv(env), executionContext(context)),
      );
    };
  }
  if (typeof worker === "function" && typeof worker.prototype?.fetch === "function") {
    const Entrypoint = worker as WorkerEntrypointClass;
    return async (request, env, context) => {
      markRoute(context);
      return checkResponse(
        await new Entrypoint(executionContext(context), bindEnv(env)).fetch(asIncomingRequest(request)),
      );
    };
  }
  if (hasHandlers(worker)) {
    return () => {
      throw new TypeError("The Worker's default export has no fetch");
    };
  }
  throw new CausewayError("application-boot", "Cannot serve the Worker: its default export has no fetch", {
    remedy: "Export an object with fetch: export default { async fetch(request, env, ctx) { … } }",
  });
}

function hasHandlers(worker: unknown): boolean {
  return (
    typeof worker === "object" &&
    worker !== null &&
    Object.values(worker).some((handler) => typeof handler === "function")
  );
}

/** A Worker's own routes are its secret. */
function markRoute({ trail }: GatewayContext): void {
  if (trail !== undefined) trail.route = "worker";
}

/** What a Worker may ask of its context; passThroughOnException has no effect here, as on Pages. */
export function executionContext(context: GatewayContext) {
  return {
    waitUntil: (work: Promise<unknown>) => context.waitUntil(work),
    passThroughOnException() {},
    props: {},
  };
}

function checkResponse(value: unknown): Response {
  if (!(value instanceof Response)) throw new TypeError("The Worker did not return a Response");
  if (value.type === "error") throw new TypeError("The Worker returned Response.error()");
  return value;
}
