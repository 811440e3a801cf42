// From the exports of function files to lists of functions that a chain can run.

import type { FunctionBundle } from "../contract/bundle.ts";
import type { HandlerReference } from "../contract/site.ts";
import type { EventHandler } from "./chain.ts";
import type { EventContext } from "./event-context.ts";

/** An application with the `fetch` convention: a Hono app, a Worker's default export. */
export interface FetchApplication {
  fetch(request: Request, env?: unknown, context?: unknown): Response | Promise<Response>;
}

/** A function of the chain and where it comes from. */
export interface LoadedHandler {
  run: EventHandler;
  /** `onRequestGet of functions/users/[id].ts` */
  name: string;
}

/** Takes the referenced exports out of the bundle, arrays flattened one level as Pages does. */
export function loadHandlers(
  bundle: FunctionBundle,
  references: readonly HandlerReference[],
): LoadedHandler[] {
  return references.flatMap((reference) => {
    const exported = bundle.modules[reference.file]?.[reference.exportName];
    const name = `${reference.exportName} of functions/${reference.file}`;
    return (Array.isArray(exported) ? exported : [exported]).map((value) => ({
      run: toEventHandler(value, name),
      name,
    }));
  });
}

function toEventHandler(value: unknown, name: string): EventHandler {
  if (typeof value === "function") return value as EventHandler;
  if (isFetchApplication(value)) return (context) => fetchFromApplication(value, context);
  return () => {
    throw new TypeError(`${name} is neither a function nor an object with fetch`);
  };
}

/** Whether a value answers requests by `fetch(request, env, context)`. */
export function isFetchApplication(value: unknown): value is FetchApplication {
  return typeof value === "object" && value !== null && "fetch" in value && typeof value.fetch === "function";
}

/** Runs an application as a handler; it sees the full path, and the event context in its env. */
function fetchFromApplication(
  application: FetchApplication,
  context: EventContext,
): Response | Promise<Response> {
  return application.fetch(
    context.request,
    { ...context.env, eventContext: context },
    {
      waitUntil: context.waitUntil,
      passThroughOnException: context.passThroughOnException,
      props: {},
    },
  );
}
