// What of a server's answer goes to the client? Status, end-to-end fields and the body; framing is made anew from
// what was counted, never from what was claimed. RFC 9110 §7.6.1, RFC 9112 §6.

import type { UpstreamResponse } from "../contract/transport.ts";
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
  const headers = endToEndFields(fields);
  headers.push(...added);
  if (webSocket !== undefined) {
    return new Response(null, { status: 101, headers: toInit(headers), webSocket } as ResponseInit);
  }
  if (status < 200 || status > 599) throw new RangeError(`The upstream answered with the status ${status}`);
  // Whoever wraps the body in a stream must not lose its length.
  const length = body instanceof Uint8Array ? body.length : contentLength;
  if (length !== undefined && (!hasNoBody(method, status) || method === "HEAD")) {
    headers.push(["content-length", String(length)]);
  }
  const reason = isReasonPhrase(statusText) ? { statusText } : {};
  return new Response(body as BodyInit | null, { status, ...reason, headers: toInit(headers) });
}

/** An object where no name occurs twice: servers write such an answer without a Headers object. */
function toInit(fields: [string, string][]): HeadersInit {
  const record: Record<string, string> = Object.fromEntries(fields);
  return Object.keys(record).length === fields.length ? record : fields;
}

/** Name, value pairs without those of the connection and the framing. */
export function endToEndFields(fields: readonly string[]): [string, string][] {
  const named = namedInConnection(fields);
  const kept: [string, string][] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name === "content-length" || isHopByHop(name) || named.includes(name)) continue;
    kept.push([name, fields[index + 1] as string]);
  }
  return kept;
}

function namedInConnection(fields: readonly string[]): string[] {
  const named: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index] === "connection") named.push(...parseConnectionOptions(fields[index + 1] as string));
  }
  return named;
}

/** What a status line may carry (RFC 9112 §4); anything else is left out. */
function isReasonPhrase(text: string): boolean {
  return text !== "" && text.length <= 128 && /^[\t\x20-\x7e]+$/.test(text);
}
