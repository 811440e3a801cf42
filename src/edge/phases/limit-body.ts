// Counts the bytes of a request body, whatever its framing, and answers 413 past the limit (RFC 9110 §15.5.14).

import type { RequestLimits } from "../../contract/limits.ts";
import type { EdgeMiddleware } from "../edge-context.ts";

/** Raised inside the body stream when it grows past the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

export function limitBody({ maxBodyBytes }: RequestLimits): EdgeMiddleware {
  return async (context, next) => {
    const { method } = context.req.raw;
    if (method === "GET" || method === "HEAD") return next();
    const declared = context.req.raw.headers.get("content-length");
    if (declared !== null) return Number(declared) > maxBodyBytes ? tooLarge() : next();
    const body = context.req.raw.body;
    if (body === null) return next();
    const guard = { exceeded: false };
    context.req.raw = new Request(context.req.raw, {
      body: body.pipeThrough(countBytes(maxBodyBytes, guard)),
      redirect: context.req.raw.redirect,
      duplex: "half",
    } as RequestInit);
    await next();
    if (!guard.exceeded) return;
    context.res = undefined;
    context.res = tooLarge();
  };
}

function countBytes(maxBytes: number, guard: { exceeded: boolean }): TransformStream<Uint8Array, Uint8Array> {
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
