// Counts the bytes of a request body, whatever its framing, and answers 413 past the limit (RFC 9110 §15.5.14).

import type { Handler } from "../../contract/handler.ts";
import type { RequestLimits } from "../../contract/limits.ts";

/** Raised inside the body stream when it grows past the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** Puts the limit in front of a handler. */
export function limitBody({ maxBodyBytes }: RequestLimits, next: Handler): Handler {
  return (request, env, context) => {
    const { method } = request;
    if (method === "GET" || method === "HEAD") return next(request, env, context);
    const declared = request.headers.get("content-length");
    if (declared !== null) {
      return Number(declared) > maxBodyBytes ? tooLarge() : next(request, env, context);
    }
    const guard = { exceeded: false };
    const counted = countRequest(request, maxBodyBytes, guard);
    if (counted === undefined) return next(request, env, context);
    return Promise.resolve(next(counted, env, context)).then((response) =>
      guard.exceeded ? tooLarge() : response,
    );
  };
}

/** What is noticed of a body while somebody reads it. */
interface Guard {
  exceeded: boolean;
}

/** The request with a body that counts; undefined without a body. */
function countRequest(request: Request, maxBytes: number, guard: Guard): Request | undefined {
  const { body, redirect } = request;
  if (body === null) return undefined;
  const counted = body.pipeThrough(countBytes(maxBytes, guard));
  return new Request(request, { body: counted, redirect, duplex: "half" } as RequestInit);
}

function countBytes(maxBytes: number, guard: Guard): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.byteLength;
      if (total <= maxBytes) return controller.enqueue(chunk);
      guard.exceeded = true;
      controller.error(new BodyTooLargeError(`The request body is larger than ${maxBytes} bytes`));
    },
  });
}

function tooLarge(): Response {
  return new Response("Content Too Large\n", {
    status: 413,
    headers: { "content-type": "text/plain;charset=UTF-8", "cache-control": "no-store" },
  });
}
