// Runs a chain of functions the way Pages Functions does: one cursor, one current request, next().

import type { GatewayContext } from "../contract/handler.ts";
import { orRecover, type PendingResponse } from "../contract/pending-response.ts";
import { type ChainState, createEventContext, type EventContext, type Params } from "./event-context.ts";
import { asIncomingRequest } from "./incoming-request.ts";

/** A function of the chain, already taken out of its module. */
export type EventHandler = (context: EventContext) => unknown;

/** One function to run, with what its route says about this path. */
export interface ChainStep {
  run: EventHandler;
  /** Export and file, for the log. */
  name: string;
  params: Params;
  functionPath: string;
}

/** What stands behind the last function: the static files, or a plugin's outer `next`. */
export type ChainEnd = (request: Request) => Promise<Response>;

/** What a chain needs beside its steps. */
export interface ChainServices {
  env: EventContext["env"];
  context: GatewayContext;
  end: ChainEnd;
}

const NULL_BODY_STATUSES = new Set([101, 204, 205, 304]);

/**
 * Runs `steps` and returns the outermost answer. Which functions run is fixed by the original
 * request; `next(input)` only replaces what later ones see. Every `next()` moves one cursor on, so
 * calling it twice continues further down; at the end each call asks the static files again.
 * Throws, or rejects with, whatever a function threw, unless it asked for passThroughOnException.
 */
export function runChain(
  steps: readonly ChainStep[],
  request: Request,
  services: ChainServices,
): PendingResponse {
  const { env, context, end } = services;
  const state: ChainState = { request: asIncomingRequest(request), data: {} };
  let cursor = 0;
  let passThrough = false;

  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
  const passThroughOnException = () => {
    passThrough = true;
  };

  async function next(input?: Request | URL | string, init?: RequestInit): Promise<Response> {
    if (input !== undefined) state.request = replaceRequest(state.request, input, init);
    const step = steps[cursor];
    return withMutableHeaders(
      step === undefined ? await end(state.request) : checkResponse(await start(step), step.name),
    );
  }

  const shared = { env, next, waitUntil, passThroughOnException };

  function start(step: ChainStep): unknown {
    cursor += 1;
    return step.run(createEventContext(state, step, shared, cursor === steps.length));
  }

  const [first] = steps;
  if (first === undefined) return end(state.request);
  return orRecover(
    () => {
      const value = start(first);
      return isThenable(value) ? checkLater(value, first.name) : checkResponse(value, first.name);
    },
    (error) => {
      if (!passThrough) throw error;
      return end(state.request);
    },
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === "function";
}

async function checkLater(value: PromiseLike<unknown>, name: string): Promise<Response> {
  return checkResponse(await value, name);
}

/** The request that `next(input, init)` asks for; a string is resolved against the current URL. */
function replaceRequest(current: Request, input: Request | URL | string, init?: RequestInit): Request {
  if (typeof input === "string") return new Request(new URL(input, current.url), init);
  return new Request(input, init);
}

/** Refuses what is no usable Response, in the words that Pages uses. */
function checkResponse(value: unknown, name: string): Response {
  if (value instanceof Response && value.type !== "error") return value;
  const cause = `${name} returned ${value instanceof Response ? "Response.error()" : describe(value)}`;
  throw new Error("Your Pages function should return a Response", { cause: new TypeError(cause) });
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return `an object of class ${value.constructor?.name ?? "none"}`;
}

/** The response itself if its headers can be changed, otherwise a copy whose headers can. */
export function withMutableHeaders(response: Response): Response {
  try {
    // The headers guard is checked before existence: removing an absent field throws only if immutable.
    response.headers.delete("x-causeway-guard");
    return response;
  } catch {
    return new Response(NULL_BODY_STATUSES.has(response.status) ? null : response.body, response);
  }
}
