// The head of an answer, read strictly, with what it says of the body that follows and of the connection. What two
// readers could read in two ways is refused. RFC 9112 §4, §5, §6, §9; RFC 9110 §6.4.1, §8.6.

import { parseFieldLines } from "./field-lines.ts";
import { parseConnectionOptions } from "./hop-by-hop.ts";

/** An answer without its body. */
export interface ResponseHead {
  /** From 100 to 999. */
  status: number;
  /** As received, each character one byte. */
  statusText: string;
  /** Name (in lower case), value, name, value … */
  fields: readonly string[];
  /** As declared; of a body that is not there in an answer to HEAD. */
  contentLength: number | undefined;
  /** The body comes in chunks. */
  isChunked: boolean;
  /** The connection may carry another exchange, if this one's body ends before it does. */
  isPersistent: boolean;
  /** Seconds for which the server will keep an idle connection, where it says so: the `timeout` of Keep-Alive. */
  idleSeconds: number | undefined;
}

/** What follows a head: so many bytes, chunks, or everything until the connection ends. */
export type AnswerLength = number | "chunked" | "until-close";

/** `HTTP/1.1 200`: the space behind the status is often left out where no reason follows. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const DIGITS = /^\d{1,15}$/;
const IDLE_SECONDS = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,9})(?!\d)/i;

/**
 * Reads a head from `start` to `end`, which is where its empty line begins: behind the CRLF of its last line.
 * Undefined if it is malformed: so are two lengths, and a length beside a coding. A coding that is not `chunked` means
 * that the body ends with the connection.
 */
export function parseResponseHead(text: string, start: number, end: number): ResponseHead | undefined {
  const lineEnd = text.indexOf("\r\n", start);
  const line = STATUS_LINE.exec(text.slice(start, lineEnd));
  if (line === null) return undefined;
  const fields = parseFieldLines(text, lineEnd + 2, end);
  return fields && completeHead(line[1] === "1", Number(line[2]), line[3] ?? "", fields);
}

/** What follows the head of an answer to a request with this method. RFC 9112 §6.3. */
export function answerLength(
  { status, contentLength, isChunked }: ResponseHead,
  method: string,
): AnswerLength {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return 0;
  if (isChunked) return "chunked";
  return contentLength ?? "until-close";
}

function completeHead(
  isVersion11: boolean,
  status: number,
  statusText: string,
  fields: string[],
): ResponseHead | undefined {
  let length: string | undefined;
  let coding: string | undefined;
  let connection: string | undefined;
  let keepAlive: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] as string;
    switch (fields[index]) {
      case "content-length":
        if (length !== undefined) return undefined;
        length = value;
        break;
      case "transfer-encoding":
        if (coding !== undefined) return undefined;
        coding = value;
        break;
      case "connection":
        connection = connection === undefined ? value : `${connection},${value}`;
        break;
      case "keep-alive":
        keepAlive = value;
    }
  }
  if (coding !== undefined && (length !== undefined || !isVersion11)) return undefined;
  const isChunked = coding?.toLowerCase() === "chunked";
  // Chunks beneath another coding: only who knows that one finds their end.
  if (coding !== undefined && !isChunked && /chunked/i.test(coding)) return undefined;
  if (length !== undefined && !DIGITS.test(length)) return undefined;
  return {
    status,
    statusText,
    fields,
    contentLength: length === undefined ? undefined : Number(length),
    isChunked,
    isPersistent: isPersistent(isVersion11, connection) && !declaresMissingBody(status, length, coding),
    idleSeconds: keepAlive === undefined ? undefined : readIdleSeconds(keepAlive),
  };
}

/** RFC 9112 §9.3. */
function isPersistent(isVersion11: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return isVersion11;
  if (connection === "keep-alive") return true;
  const options = parseConnectionOptions(connection);
  return !options.includes("close") && (isVersion11 || options.includes("keep-alive"));
}

/** A server that declares a body where none can be may send it too. */
function declaresMissingBody(
  status: number,
  length: string | undefined,
  coding: string | undefined,
): boolean {
  if (status !== 204 && status !== 304) return false;
  return coding !== undefined || (length !== undefined && Number(length) > 0);
}

function readIdleSeconds(field: string): number | undefined {
  const seconds = IDLE_SECONDS.exec(field)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
