// The head of a request, read strictly, with what it says of the body that follows and of the connection. What two
// servers could read in two ways is refused. RFC 9112 §2, §3, §5, §6, §9; RFC 9110 §7.6.1, §7.8, §10.1.1.

import { parseFieldLines } from "./field-lines.ts";
import { parseConnectionOptions } from "./hop-by-hop.ts";

/** What follows a head: so many bytes, or chunks. */
export type BodyLength = number | "chunked";

/** The first line of a request. */
export interface RequestLine {
  method: string;
  /** As received, each character one byte. */
  target: string;
  version: "1.0" | "1.1";
}

/** A request without its body. */
export interface RequestHead extends RequestLine {
  /** Name (in lower case), value, name, value … */
  fields: string[];
  /** 0 also where none is declared. */
  bodyLength: BodyLength;
  /** Whether the head declares a body, be it empty. */
  isFramed: boolean;
  /** The connection may bring another request. */
  isPersistent: boolean;
  /** The protocol to change to, in lower case; undefined unless Connection names the field too. */
  upgrade: string | undefined;
  /** There is such a field, whatever comes of it. */
  hasUpgrade: boolean;
  /** In lower case. */
  expect: string | undefined;
}

/** The status with which a head is refused. */
export type HeadRefusal = 400 | 501 | 505;

/** Methods are compared as they are written (RFC 9110 §9.1); all that are registered look like this. */
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const VERSION = /^HTTP\/\d\.\d$/;
const DIGITS = /^\d{1,15}$/;

/** Heads are kept for the next one to be compared with only if they are not longer. */
const MAX_KEPT_LENGTH = 4_096;

/**
 * Reads the heads of one connection. What a client says of itself it says again with each request, and the same lines
 * mean the same: they are not read twice.
 */
export class RequestHeadReader {
  #lines = "";
  #facts: FieldFacts | undefined;

  /** Reads a head from `start` to `end`, which is where its empty line begins: behind the CRLF of its last line. */
  read(text: string, start: number, end: number): RequestHead | HeadRefusal {
    const lineEnd = text.indexOf("\r\n", start);
    const line = readUsualLine(text, start, lineEnd) ?? parseRequestLine(text.slice(start, lineEnd));
    if (typeof line === "number") return line;
    const length = end - lineEnd - 2;
    const isKnown = length === this.#lines.length && text.startsWith(this.#lines, lineEnd + 2);
    if (this.#facts === undefined || !isKnown) {
      const lines = text.slice(lineEnd + 2, end);
      const fields = parseFieldLines(lines, 0, length);
      if (fields === undefined) return 400;
      this.#facts = collectFacts(fields);
      this.#lines = lines;
    }
    const facts = this.#facts;
    if (text.length > MAX_KEPT_LENGTH) {
      this.#facts = undefined;
      this.#lines = "";
    }
    return completeHead(line, facts);
  }
}

const USUAL_METHOD = "GET ";
const USUAL_VERSION = " HTTP/1.1";

/** The line of most requests, at less cost; undefined for every other line. */
function readUsualLine(text: string, start: number, end: number): RequestLine | undefined {
  const versionStart = end - USUAL_VERSION.length;
  const targetStart = start + USUAL_METHOD.length;
  if (versionStart <= targetStart) return undefined;
  if (!text.startsWith(USUAL_METHOD, start) || !text.startsWith(USUAL_VERSION, versionStart))
    return undefined;
  const target = text.slice(targetStart, versionStart);
  return target.includes(" ") ? undefined : { method: "GET", target, version: "1.1" };
}

/** Reads the first line, without its CRLF. */
export function parseRequestLine(line: string): RequestLine | HeadRefusal {
  const methodEnd = line.indexOf(" ");
  const targetEnd = line.indexOf(" ", methodEnd + 1);
  if (methodEnd < 0 || targetEnd <= methodEnd + 1) return 400;
  const method = line.slice(0, methodEnd);
  const version = line.slice(targetEnd + 1);
  if ((method !== "GET" && !METHOD.test(method)) || method === "CONNECT") return 400;
  const target = line.slice(methodEnd + 1, targetEnd);
  if (version === "HTTP/1.1") return { method, target, version: "1.1" };
  if (version === "HTTP/1.0") return { method, target, version: "1.0" };
  return VERSION.test(version) ? 505 : 400;
}

/** What the fields say, whatever the first line is. */
interface FieldFacts {
  /** Not to be given away: whoever gets fields may change them. */
  fields: readonly string[];
  hosts: number;
  /** Or why what is declared is not to be believed. */
  bodyLength: BodyLength | Refused;
  isChunked: boolean;
  isFramed: boolean;
  options: string[] | undefined;
  upgrade: string | undefined;
  hasUpgrade: boolean;
  expect: string | undefined;
}

function collectFacts(fields: string[]): FieldFacts {
  const lengths: string[] = [];
  const codings: string[] = [];
  let connection: string | undefined;
  let upgrade: string | undefined;
  let expect: string | undefined;
  let hosts = 0;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] as string;
    switch (fields[index]) {
      case "host":
        hosts += 1;
        break;
      case "content-length":
        lengths.push(value);
        break;
      case "transfer-encoding":
        codings.push(value);
        break;
      case "connection":
        connection = connection === undefined ? value : `${connection},${value}`;
        break;
      case "upgrade":
        upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`;
        break;
      case "expect":
        expect = expect === undefined ? value : `${expect}, ${value}`;
    }
  }
  const options = connection === undefined ? undefined : parseConnectionOptions(connection);
  return {
    fields,
    hosts,
    bodyLength: readBodyLength(lengths, codings),
    isChunked: codings.length > 0,
    isFramed: lengths.length + codings.length > 0,
    options,
    upgrade: upgrade !== undefined && options?.includes("upgrade") ? upgrade.toLowerCase() : undefined,
    hasUpgrade: upgrade !== undefined,
    expect: expect?.toLowerCase(),
  };
}

function completeHead(
  { method, target, version }: RequestLine,
  { fields, hosts, bodyLength, isChunked, isFramed, options, upgrade, hasUpgrade, expect }: FieldFacts,
): RequestHead | HeadRefusal {
  if (hosts > 1 || (isChunked && version === "1.0")) return 400;
  if (typeof bodyLength === "object") return bodyLength.refusal;
  return {
    method,
    target,
    version,
    fields: fields.slice(),
    bodyLength,
    isFramed,
    isPersistent: isPersistent(version, options),
    upgrade,
    hasUpgrade,
    expect,
  };
}

function isPersistent(version: "1.0" | "1.1", options: string[] | undefined): boolean {
  if (options === undefined) return version === "1.1";
  return !options.includes("close") && (version === "1.1" || options.includes("keep-alive"));
}

interface Refused {
  refusal: 400 | 501;
}

/** One declaration at most, of one kind. */
function readBodyLength(lengths: string[], codings: string[]): BodyLength | Refused {
  if (lengths.length + codings.length > 1) return { refusal: 400 };
  const [length] = lengths;
  const [coding] = codings;
  if (coding !== undefined) return readCoding(coding);
  if (length === undefined) return 0;
  return DIGITS.test(length) ? Number(length) : { refusal: 400 };
}

/** There are other codings than `chunked`, and none of them is known here. */
function readCoding(field: string): BodyLength | Refused {
  const codings = field
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim());
  const isChunked = codings.at(-1) === "chunked" && codings.indexOf("chunked") === codings.length - 1;
  if (!isChunked) return { refusal: 400 };
  return codings.length === 1 ? "chunked" : { refusal: 501 };
}
