// A stored response as the answer to a request: the whole, a range of it, or 304 (RFC 9110 §13, §14;
// Workers docs, "Cache": match() honours Range, If-Modified-Since and If-None-Match), with its Age (RFC 9111 §5.1).

import { formatContentRange, selectByteRanges } from "../../http/byte-range.ts";
import { evaluatePreconditions, isRangeCurrent, type Validators } from "../../http/conditional.ts";
import { parseEntityTag } from "../../http/entity-tag.ts";

/** What the cache holds of a response. */
export interface StoredResponse {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}

const NULL_BODY_STATUSES = new Set([204, 205, 304]);

/** Makes the answer that a hit gives, after so many milliseconds in the store. */
export function answerFromStore(stored: StoredResponse, request: Request, heldMs: number): Response {
  const { status, statusText, body } = stored;
  const headers = new Headers(stored.headers);
  headers.set("cf-cache-status", "HIT");
  headers.set("age", String((Number(headers.get("age")) || 0) + Math.floor(heldMs / 1000)));
  if (status !== 200)
    return new Response(NULL_BODY_STATUSES.has(status) ? null : body, { status, statusText, headers });
  const validators: Validators = {
    tag: parseEntityTag(headers.get("etag") ?? ""),
    modified: headers.get("last-modified") ?? undefined,
  };
  if (evaluatePreconditions("GET", request.headers, validators) === "not-modified") {
    return new Response(null, { status: 304, headers });
  }
  const range = request.headers.get("range");
  const isWanted = range !== null && isRangeCurrent(request.headers.get("if-range"), validators);
  return isWanted
    ? answerRange(range, body, headers, statusText)
    : new Response(body, { status, statusText, headers });
}

/** One range at most: who asks for several may as well have the whole. */
function answerRange(
  range: string,
  body: Uint8Array<ArrayBuffer>,
  headers: Headers,
  statusText: string,
): Response {
  const selection = selectByteRanges(range, body.length);
  if (selection.kind === "unsatisfiable") {
    headers.set("content-range", formatContentRange(undefined, body.length));
    return new Response(null, { status: 416, headers });
  }
  if (selection.kind === "whole" || selection.spans.length > 1)
    return new Response(body, { status: 200, statusText, headers });
  const [span] = selection.spans;
  headers.set("content-range", formatContentRange(span, body.length));
  headers.set("content-length", String(span.end - span.start));
  return new Response(body.subarray(span.start, span.end), { status: 206, headers });
}
