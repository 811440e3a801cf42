// What guards have in common: each stands in front of a handler, and answers itself where the request may not pass.

import type { Env, GatewayContext, Handler } from "../../contract/handler.ts";
import type { LimitCounters } from "../../contract/limit-counters.ts";
import type { Clock, LogSink } from "../../contract/platform.ts";
import type { TrustedProxies } from "../../http/client-address.ts";

/** Stands in front of `next`. */
export type Guard = (next: Handler) => Handler;

/** What guards may be built from. */
export interface GuardServices {
  counters: LimitCounters;
  trusted: TrustedProxies;
  upstreams: ReadonlyMap<string, Handler>;
  /** Variables and secrets. */
  env: Env;
  clock: Clock;
  log: LogSink;
}

/** Statuses whose answers have no body (RFC 9110 §6.4.1). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
/** The door of every runtime sets it, by the proxies that the site trusts; clients have no say. */
const CLIENT_FIELD = "cf-connecting-ip";

/** Who asks; undefined on unix sockets. */
export function clientAddressOf(request: Request, context: GatewayContext): string | undefined {
  return request.headers.get(CLIENT_FIELD) ?? context.clientAddress;
}

/**
 * An answer with other fields. In place, so that the runtime's short ways for plain bodies stay open, but a copy of
 * answers that cannot be changed, or that their owner may give out again. The answer to an upgrade is the runtime's.
 */
export function editFields(response: Response, edit: (headers: Headers) => void): Response {
  const { status, statusText } = response;
  if (status === 101) return response;
  if (!WITHOUT_BODY.has(status)) {
    try {
      edit(response.headers);
      return response;
    } catch (error) {
      // The answer of a fetch or a redirect: immutable.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  const headers = new Headers(response.headers);
  edit(headers);
  return new Response(WITHOUT_BODY.has(status) ? null : response.body, { status, statusText, headers });
}

/** A request with other fields; a copy where the runtime's cannot be changed. */
export function editRequest(request: Request, edit: (headers: Headers) => void): Request {
  try {
    edit(request.headers);
    return request;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const headers = new Headers(request.headers);
  edit(headers);
  return new Request(request, { headers, redirect: "manual" });
}
