// The head of an answer, as a status line with fields or as CGI's fields alone. RFC 9112 §4 and §5, RFC 3875 §6.
// Stricter than either where servers and clients are known to read differently.

import { TransportError } from "../../contract/transport.ts";
import { decodeLatin1 } from "./latin1.ts";
import type { ResponseHead } from "./response-decoder.ts";

/** More than any application sends, little enough to hold for every request at once. */
export const MAX_HEAD_BYTES = 64 * 1024;

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const STATUS_FIELD = /^(\d{3})(?: (.*))?$/;
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Where the head ends: the index after the empty line, or -1. Lines may end in LF alone (RFC 9112 §2.2). */
export function findHeadEnd(bytes: Uint8Array, from = 0): number {
  for (let index = bytes.indexOf(0x0a, from); index !== -1; index = bytes.indexOf(0x0a, index + 1)) {
    if (bytes[index + 1] === 0x0a) return index + 2;
    if (bytes[index + 1] === 0x0d && bytes[index + 2] === 0x0a) return index + 3;
  }
  return -1;
}

/** Parses a head, the empty line included; throws a TransportError if it is none. */
export function parseResponseHead(bytes: Uint8Array): ResponseHead {
  const lines = decodeLatin1(bytes)
    .replace(/(?:\r?\n){2}$/, "")
    .split(/\r?\n/);
  const line = STATUS_LINE.exec(lines[0] ?? "");
  const fields = parseFields(line === null ? lines : lines.slice(1));
  const { status, statusText } = line === null ? takeCgiStatus(fields) : describeStatus(line);
  if (status < 200 || status > 599) throw malformed(`the status ${status}`);
  return { status, statusText, fields, contentLength: parseContentLength(fields) };
}

function parseFields(lines: readonly string[]): string[] {
  const fields: string[] = [];
  for (const line of lines) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1);
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) throw malformed("a field that is none");
    fields.push(name.toLowerCase(), value.replace(/^[\t ]+|[\t ]+$/g, ""));
  }
  return fields;
}

/** `Status` is taken out of the fields; a Location without one is a redirect (RFC 3875 §6.2.3). */
function takeCgiStatus(fields: string[]): { status: number; statusText: string } {
  if (fields.length === 0) throw malformed("an empty head");
  const index = indexOfField(fields, "status");
  if (index === -1) {
    const isRedirect = indexOfField(fields, "location") !== -1;
    return { status: isRedirect ? 302 : 200, statusText: "" };
  }
  const match = STATUS_FIELD.exec(fields[index + 1] ?? "");
  if (match === null) throw malformed("a Status that is none");
  fields.splice(index, 2);
  return describeStatus(match);
}

function describeStatus(match: RegExpExecArray): { status: number; statusText: string } {
  return { status: Number(match[1]), statusText: match[2] ?? "" };
}

/** Several lengths must agree; a transfer coding has no place in these protocols (RFC 9112 §6.3). */
function parseContentLength(fields: readonly string[]): number | undefined {
  if (indexOfField(fields, "transfer-encoding") !== -1) throw malformed("a transfer coding");
  const lengths = new Set<string>();
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index] === "content-length") lengths.add(fields[index + 1] as string);
  }
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw malformed("a Content-Length that is none");
  return Number(length);
}

function indexOfField(fields: readonly string[], name: string): number {
  for (let index = 0; index < fields.length; index += 2) if (fields[index] === name) return index;
  return -1;
}

/** The error for an answer that cannot be understood. */
export function malformed(what: string): TransportError {
  return new TransportError("malformed", `The upstream answered with ${what}`);
}
