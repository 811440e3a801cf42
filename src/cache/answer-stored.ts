// A kept answer for one request: whole, a range of it, only its head, or only that nothing has changed.
// RFC 9111 §4.3.2, RFC 9110 §13 and §14.

import type { ByteInterval } from "../contract/platform.ts";
import type { StoredResponse } from "../contract/response-cache.ts";
import { formatContentRange, selectByteRanges } from "../http/byte-range.ts";
import { appendCacheStatus } from "../http/cache-status.ts";
import { evaluatePreconditions, isRangeCurrent, type Validators } from "../http/conditional.ts";
import { parseEntityTag } from "../http/entity-tag.ts";
import { FieldHeaders } from "../http/field-headers.ts";

/** What is said about this use of an answer. */
export interface Use {
  ageSeconds: number;
  /** Member of Cache-Status; undefined where the cache does not name itself. */
  status: string | undefined;
}

/** Fields of a 304 (RFC 9110 §15.4.5) and those of a cache; the rest describes content that is not sent. */
const NOT_MODIFIED_FIELDS: ReadonlySet<string> = new Set([
  "age",
  "cache-control",
  "cache-status",
  "cdn-cache-control",
  "content-location",
  "date",
  "etag",
  "expires",
  "last-modified",
  "vary",
]);

/** Fields of a 416 that say where it comes from; the others describe what is not sent. */
const REFUSAL_FIELDS: ReadonlySet<string> = new Set(["age", "cache-status", "date", "etag", "vary"]);

/** Answers from the cache; undefined if the body has been removed meanwhile. */
export function answerStored(
  request: Request,
  stored: StoredResponse,
  use: Use,
): Response | undefined | Promise<Response | undefined> {
  const { headers } = request;
  if (stored.status === 200) {
    if (isUnchanged(request.method, headers, stored)) return answerNotModified(stored, use);
    const range = headers.get("range");
    if (range !== null && request.method === "GET") return answerRange(range, headers, stored, use);
  }
  const fields = describe(stored, use);
  if (hasContent(stored.status)) fields.push("content-length", String(stored.size));
  return answerBody(request.method, stored, fields);
}

/** Whether the client holds the representation already. Only a cache's share of the preconditions. */
export function isUnchanged(
  method: string,
  headers: Headers,
  stored: Pick<StoredResponse, "headers">,
): boolean {
  if (!headers.has("if-none-match") && !headers.has("if-modified-since")) return false;
  const { tag, modified } = validatorsOf(stored);
  // §4.3.2: without Last-Modified, the Date says how new it is.
  const validators = { tag, modified: modified ?? fieldOf(stored, "date") };
  return evaluatePreconditions(method, headers, validators) === "not-modified";
}

/** The validators of a kept answer, for conditions. */
export function validatorsOf(stored: Pick<StoredResponse, "headers">): Validators {
  const tag = fieldOf(stored, "etag");
  return {
    tag: tag === undefined ? undefined : parseEntityTag(tag),
    modified: fieldOf(stored, "last-modified"),
  };
}

/** One field of a kept answer. */
export function fieldOf({ headers }: Pick<StoredResponse, "headers">, name: string): string | undefined {
  return headers.find((field) => field[0] === name)?.[1];
}

/** The 304 for an answer with these fields. */
export function answerNotModified(stored: Pick<StoredResponse, "headers">, use: Use): Response {
  return new Response(null, {
    status: 304,
    headers: toHeaders(select(describe(stored, use), NOT_MODIFIED_FIELDS)),
  });
}

/** The kept fields with Age and Cache-Status of now, without a length: name, value, name, value … */
function describe(stored: Pick<StoredResponse, "headers">, { ageSeconds, status }: Use): string[] {
  const fields: string[] = [];
  let before: string | undefined;
  for (const [name, value] of stored.headers) {
    if (name === "cache-status") before = value;
    else if (name !== "age" && name !== "content-length") fields.push(name, value);
  }
  fields.push("age", String(ageSeconds));
  const after = status === undefined ? before : appendCacheStatus(before, status);
  if (after !== undefined) fields.push("cache-status", after);
  return fields;
}

function select(fields: readonly string[], names: ReadonlySet<string>): string[] {
  return fields.filter((_, index) => names.has(fields[index - (index % 2)] as string));
}

/** What is kept was an answer before, with fields that were good. */
function toHeaders(fields: string[]): Headers {
  return new FieldHeaders(fields) as unknown as Headers;
}

function answerRange(
  range: string,
  headers: Headers,
  stored: StoredResponse,
  use: Use,
): Response | undefined | Promise<Response | undefined> {
  const fields = describe(stored, use);
  const selection = isRangeCurrent(headers.get("if-range"), validatorsOf(stored))
    ? selectByteRanges(range, stored.size)
    : { kind: "whole" as const };
  if (selection.kind === "unsatisfiable") {
    const refused = ["content-range", formatContentRange(undefined, stored.size), "content-length", "0"];
    const headers = toHeaders([...select(fields, REFUSAL_FIELDS), ...refused]);
    return new Response(null, { status: 416, headers });
  }
  // Several ranges may be answered with everything (RFC 9110 §14.2), and no client depends on them.
  if (selection.kind === "whole" || selection.spans.length > 1) {
    fields.push("content-length", String(stored.size));
    return answerBody("GET", stored, fields);
  }
  const [span] = selection.spans;
  fields.push("content-range", formatContentRange(span, stored.size));
  fields.push("content-length", String(span.end - span.start));
  return answerBody("GET", stored, fields, span);
}

function answerBody(
  method: string,
  stored: StoredResponse,
  fields: string[],
  interval?: ByteInterval,
): Response | undefined | Promise<Response | undefined> {
  const status = interval === undefined ? stored.status : 206;
  if (method === "HEAD" || !hasContent(status)) return respond(null, status, stored, fields);
  if (!(stored.body instanceof Uint8Array)) {
    return stored.body
      .read(interval)
      .then((body) => (body === undefined ? undefined : respond(body, status, stored, fields)));
  }
  const bytes = interval === undefined ? stored.body : stored.body.subarray(interval.start, interval.end);
  return respond(bytes, status, stored, fields);
}

function respond(
  body: Uint8Array | ReadableStream<Uint8Array> | null,
  status: number,
  { statusText }: StoredResponse,
  fields: string[],
): Response {
  const init: ResponseInit & { encodeBody?: "manual" } = { status, headers: toHeaders(fields) };
  if (status !== 206) init.statusText = statusText;
  // Tells workerd that a coded body is coded already; other runtimes never touch it.
  if (fields.some((name, index) => index % 2 === 0 && name === "content-encoding"))
    init.encodeBody = "manual";
  return new Response(body as BodyInit | null, init);
}

/** 204, 205 and 304 have none (RFC 9110 §6.4.1). */
function hasContent(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}
