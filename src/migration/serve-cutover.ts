// Answers a share of the clients with the other one, and falls back on the first where the other fails and nothing
// has been sent. A request is only asked twice if its method allows it and its body can be sent again.

import type { Handler } from "../contract/handler.ts";
import type { CutoverSettings, MigrationLedger } from "../contract/migration.ts";
import type { LogSink } from "../contract/platform.ts";
import { placeVisitor } from "./place-visitor.ts";
import { RecordedBody } from "./recorded-body.ts";
import { withBody } from "./request-copy.ts";

export interface CutoverServices {
  /** The name under which the route is counted. */
  route: string;
  ledger: MigrationLedger;
  log: LogSink;
}

/** The address of the client as the door has found it out, also behind proxies that are trusted. */
const CLIENT_FIELD = "cf-connecting-ip";

/** Chooses between `first` and `other` by the client. */
export function serveCutover(
  first: Handler,
  other: Handler,
  settings: CutoverSettings,
  services: CutoverServices,
): Handler {
  const { ledger, route } = services;
  const moved = fallBack(first, other, settings, services);
  return async (request, env, context) => {
    const address = request.headers.get(CLIENT_FIELD) ?? context.clientAddress;
    const { isMoved, cookie } = placeVisitor(request, address, settings);
    if (!isMoved) ledger.answered(route, "first");
    const response = await (isMoved ? moved : first)(request, env, context);
    return cookie === undefined || mayBeShared(response) ? response : addCookie(response, cookie);
  };
}

/** Asks the other one, and the first where that fails and the request may be sent again. */
function fallBack(
  first: Handler,
  other: Handler,
  { fallbackMethods, maxBodyBytes }: CutoverSettings,
  { ledger, route, log }: CutoverServices,
): Handler {
  return async (request, env, context) => {
    if (!fallbackMethods.includes(request.method) || request.headers.has("upgrade")) {
      ledger.answered(route, "other");
      return other(request, env, context);
    }
    const { asked, again } = makeRepeatable(request, maxBodyBytes);
    const { trail } = context;
    const before = trail?.route;
    const response = await other(asked, env, context);
    const repeated = response.status >= 500 ? again() : undefined;
    if (repeated === undefined) {
      ledger.answered(route, "other");
      return response;
    }
    discard(response);
    // The log is to name who answers, not who has failed.
    if (trail !== undefined) Object.assign(trail, { route: before, upstream: undefined });
    ledger.answered(route, "fallback");
    const fields = { route, status: response.status, requestId: context.requestId };
    log.warn("A moved route failed: the one before answers", fields);
    return first(repeated, env, context);
  };
}

/** A request that can be sent twice; `again` gives undefined if its body was too long to be kept. */
function makeRepeatable(
  request: Request,
  maxBytes: number,
): { asked: Request; again(): Request | undefined } {
  const { method } = request;
  if (method === "GET" || method === "HEAD" || request.body === null) {
    return { asked: request, again: () => request };
  }
  const body = new RecordedBody(request.body, maxBytes, { keepsSource: true });
  return {
    asked: withBody(request, body.stream),
    again() {
      const stream = body.again();
      return stream && withBody(request, stream);
    },
  };
}

function discard({ body }: Response): void {
  body?.cancel().catch(() => {
    // What is not sent may fail.
  });
}

/** A cookie in an answer that caches hand to others would put all of them into one place. */
function mayBeShared({ status, headers }: Response): boolean {
  const control = headers.get("cache-control") ?? "";
  if (status === 101) return true;
  if (/\b(?:private|no-store)\b/i.test(control)) return false;
  return /\bpublic\b|\bs-maxage\b|\bmax-age=[1-9]/i.test(control) || headers.has("cdn-cache-control");
}

function addCookie(response: Response, cookie: string): Response {
  const headers = new Headers(response.headers);
  headers.append("set-cookie", cookie);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
