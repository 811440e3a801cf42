// What the second one is asked: the request of the client once more, marked, with nothing that would spare the answer.

import type { GatewayContext } from "../contract/handler.ts";
import { SHADOW_FIELD } from "../contract/migration.ts";
import { RecordedBody } from "./recorded-body.ts";
import { withBody } from "./request-copy.ts";

/** A shadow run has the facts of its request; nothing can be asked of it. */
export function shadowContext(context: GatewayContext): GatewayContext {
  const { requestId, clientAddress } = context;
  return {
    requestId,
    clientAddress,
    waitUntil: (work) => context.waitUntil(work),
    passThroughOnException() {},
  };
}

/** A request whose body is remembered while the first one reads it. */
export interface RecordedRequest {
  /** For the first one. */
  request: Request;
  /** Undefined without a body. */
  body: RecordedBody | undefined;
}

/** Remembers up to `maxBytes` of the body, if there is one. */
export function recordRequest(request: Request, maxBytes: number): RecordedRequest {
  const { method } = request;
  if (method === "GET" || method === "HEAD" || request.body === null) return { request, body: undefined };
  const body = new RecordedBody(request.body, maxBytes);
  return { request: withBody(request, body.stream), body };
}

/** The request as the second one gets it: marked, asking for a whole answer without content coding. */
export function createShadowRequest(
  { url, method, headers }: Request,
  body: Uint8Array | undefined,
): Request {
  const changed = new Headers(headers);
  for (const name of ["if-none-match", "if-modified-since", "transfer-encoding"]) changed.delete(name);
  changed.set("accept-encoding", "identity");
  changed.set(SHADOW_FIELD, "1");
  if (body !== undefined) changed.set("content-length", String(body.length));
  return new Request(url, {
    method,
    headers: changed,
    redirect: "manual",
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  });
}
