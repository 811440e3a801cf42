// The head of a request as HTTP/1.1 sends it; nothing that another server could read in two ways gets into it.
// RFC 9112 §3, §5; RFC 9110 §8.6.

import { isFieldName, isFieldValue, isToken } from "./field-lines.ts";

/** The connection's own: whoever writes the head decides about them. */
const FRAMING: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/** Methods whose requests say nothing of a body if they have none. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"]);

/** Path and query, or the asterisk of OPTIONS; no white space, no controls, each character one byte. */
const TARGET = /^(?:\/[\x21-\x7e\x80-\xff]*|\*)$/;

/**
 * Writes request line and fields (name in lower case, value, name, value …), without framing and without the empty
 * line. Undefined for what cannot be sent: a field of the connection's, none or several `host`, a malformed part.
 */
export function formatRequest(method: string, target: string, fields: readonly string[]): string | undefined {
  if (!isSendableMethod(method) || !TARGET.test(target)) return undefined;
  let head = `${method} ${target} HTTP/1.1\r\n`;
  let hosts = 0;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] as string;
    const value = fields[index + 1] as string;
    if (!isSendableName(name) || !isFieldValue(value)) return undefined;
    if (name === "host") hosts += 1;
    head += `${name}: ${value}\r\n`;
  }
  return hosts === 1 ? head : undefined;
}

/** The lines that tell where a body ends: `undefined` is a length that is not known, 0 a body that is not there. */
export function formatFraming(method: string, contentLength: number | undefined): string {
  if (contentLength === undefined) return "transfer-encoding: chunked\r\n";
  return contentLength === 0 && WITHOUT_CONTENT.has(method) ? "" : `content-length: ${contentLength}\r\n`;
}

function isSendableMethod(method: string): boolean {
  return method === "GET" || (isToken(method) && method !== "CONNECT");
}

function isSendableName(name: string): boolean {
  return isFieldName(name) && !FRAMING.has(name);
}
