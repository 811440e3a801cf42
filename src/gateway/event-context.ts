// The one argument of a function in functions/: the context object of Pages Functions.

import type { Env } from "../contract/handler.ts";

/** Path parameters: text as the client spelled it, a list for catch-alls. */
export type Params<Name extends string = string> = Record<Name, string | string[]>;

/** What a function file's handler receives. */
export interface EventContext<
  E = Env,
  P extends string = string,
  D extends object = Record<string, unknown>,
> {
  /** The function's own copy of the request; its body can be read once. */
  request: Request;
  /** The part of the path that this function answers; a middleware sees its mount path. */
  functionPath: string;
  /** Runs the rest of the chain, at its end the static files; arguments replace the request. */
  next: (input?: Request | URL | string, init?: RequestInit) => Promise<Response>;
  params: Params<P>;
  /** Shared by all functions of one request. */
  data: D;
  env: E & { ASSETS: { fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response> } };
  /** Lets `work` finish after the response has been sent. */
  waitUntil: (work: Promise<unknown>) => void;
  /** After this, an exception is answered by the static files. */
  passThroughOnException: () => void;
}

/** A handler as a function file exports it (`onRequest`, `onRequestGet`, …). */
export type PagesFunction<E = Env, P extends string = string, D extends object = Record<string, unknown>> = (
  context: EventContext<E, P, D>,
) => Response | Promise<Response>;

/** A plugin's handler also gets the arguments it was mounted with. */
export type PagesPluginFunction<
  E = Env,
  P extends string = string,
  D extends object = Record<string, unknown>,
  A = unknown,
> = (context: EventContext<E, P, D> & { pluginArgs: A }) => Response | Promise<Response>;

/** What the chain holds while it runs: shared by every function of one request. */
export interface ChainState {
  /** The request as last replaced by `next()`. */
  request: Request;
  data: object;
}

/** What every function of a chain is given. */
export type SharedParts = Pick<EventContext, "env" | "next" | "waitUntil" | "passThroughOnException">;

/**
 * Builds the context of one function. Unless it is the last of its chain, later ones may need the body, and the request
 * is copied when it is first asked for.
 */
export function createEventContext(
  state: ChainState,
  { functionPath, params }: Pick<EventContext, "functionPath" | "params">,
  { env, next, waitUntil, passThroughOnException }: SharedParts,
  isLast: boolean,
): EventContext {
  const context: EventContext & HasState = {
    request: state.request,
    functionPath,
    next,
    params,
    data: NO_DATA,
    env,
    waitUntil,
    passThroughOnException,
    [STATE]: state,
  };
  Object.defineProperty(context, "data", DATA);
  if (!isLast) copyWhenAsked(context);
  return context;
}

/** Where a context finds what it shares with the others of its chain. */
const STATE = Symbol("state");
const NO_DATA: Record<string, unknown> = Object.freeze({});

interface HasState {
  readonly [STATE]: ChainState;
}

/** Made once: accessors of their own for each context would cost Node as much as the rest of a chain. */
const DATA: PropertyDescriptor & ThisType<HasState> = {
  enumerable: true,
  configurable: true,
  get() {
    return this[STATE].data;
  },
  set(value: unknown) {
    if (typeof value !== "object" || value === null) throw new Error("context.data must be an object");
    this[STATE].data = value;
  },
};

/** Later functions need the body, too; one that is never asked for the request has no need of a copy. */
function copyWhenAsked(context: { request: Request }): void {
  const source = context.request;
  let own: Request | undefined;
  Object.defineProperty(context, "request", {
    enumerable: true,
    configurable: true,
    get() {
      own ??= copyRequest(source);
      return own;
    },
    set(value: Request) {
      own = value;
    },
  });
}

/** A copy with a body of its own; the original keeps one for the functions after it. */
function copyRequest(request: Request): Request {
  return new Request(request.body === null ? request : request.clone(), { redirect: request.redirect });
}
