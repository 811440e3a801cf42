// What of a server's answer goes to the client? Status, end-to-end fields and the body; framing is made anew from
// what was counted, never from what was claimed. RFC 9110 §7.6.1, RFC 9112 §6.

import type { UpstreamResponse } from "../contract/transport.ts";
import { FieldHeaders } from "../http/field-headers.ts";
import { isFieldName, isFieldValue } from "../http/field-lines.ts";
import { isHopByHop, parseConnectionOptions } from "../http/hop-by-hop.ts";

/** A body that the client's side of the server can send, or the end of a WebSocket. */
export type ForwardedBody = Uint8Array | ReadableStream<Uint8Array> | null;

/** Statuses that never have a body (RFC 9110 §6.4.1). */
export function hasNoBody(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 205 || status === 304;
}

/** Makes the client's answer; throws a TypeError or RangeError for fields or a status that are none. */
export function forwardResponse(
  method: string,
  { status, statusText, fields, contentLength, webSocket }: UpstreamResponse,
  body: ForwardedBody,
  added: readonly [string, string][],
): Response {
  const kept = endToEndFields(fields);
  for (const [name, value] of added) kept.push(name, value);
  if (webSocket !== undefined) {
    return new Response(null, { status: 101, headers: toHeaders(kept), webSocket } as ResponseInit);
  }
  if (status < 200 || status > 599) throw new RangeError(`The upstream answered with the status ${status}`);
  // Whoever wraps the body in a stream must not lose its length.
  const length = body instanceof Uint8Array ? body.length : contentLength;
  if (length !== undefined && (!hasNoBody(method, status) || method === "HEAD")) {
    kept.push("content-length", String(length));
  }
  const reason = isReasonPhrase(statusText) ? { statusText } : {};
  return new Response(body as BodyInit | null, { status, ...reason, headers: toHeaders(kept) });
}

/** What a server sends was checked as its protocol demands, and here as answers to clients do. */
function toHeaders(fields: string[]): HeadersInit {
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (!isFieldName(name) || !isFieldValue(fields[index + 1] as string))
      throw new TypeError(`Invalid field ${JSON.stringify(name)}`);
  }
  return new FieldHeaders(fields) as unknown as Headers;
}

/** Name, value, name, value … without those of the connection and the framing. */
export function endToEndFields(fields: readonly string[]): string[] {
  const named = namedInConnection(fields);
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name === "content-length" || isHopByHop(name) || named?.includes(name)) continue;
    kept.push(name, fields[index + 1] as string);
  }
  return kept;
}

function namedInConnection(fields: readonly string[]): string[] | undefined {
  let named: string[] | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] as string;
    if (fields[index] !== "connection" || value === "keep-alive" || value === "close") continue;
    named = [...(named ?? []), ...parseConnectionOptions(value)];
  }
  return named;
}

/** What a status line may carry (RFC 9112 §4); anything else is left out. */
function isReasonPhrase(text: string): boolean {
  return text !== "" && text.length <= 128 && /^[\t\x20-\x7e]+$/.test(text);
}
