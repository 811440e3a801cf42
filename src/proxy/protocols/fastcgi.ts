// FastCGI as a responder's client: records of variables and body out, records of output back.
// FastCGI Specification 1.0, §3 and §6.2.

import { TransportError } from "../../contract/transport.ts";
import { joinChunks } from "../../http/join-chunks.ts";
import { CgiResponseDecoder } from "./cgi-response.ts";
import type { CgiVariables } from "./cgi-variables.ts";
import { writeLatin1 } from "./latin1.ts";
import type { DecodedPart, ResponseDecoder } from "./response-decoder.ts";
import { malformed } from "./response-head.ts";

const VERSION = 1;
const HEADER_BYTES = 8;
const MAX_CONTENT_BYTES = 0xffff;
/** One request per connection, so that any number but 0 will do. */
const REQUEST_ID = 1;
const ROLE_RESPONDER = 1;
/** Variables beyond this are the client's attempt, not an application's need. */
const MAX_PARAMS_BYTES = 256 * 1024;

const TYPE = { begin: 1, end: 3, params: 4, stdin: 5, stdout: 6, stderr: 7 } as const;
const STATUS_COMPLETE = 0;
const STATUS_OVERLOADED = 2;

/** Everything before the body. */
export function encodeFastCgiHead(variables: CgiVariables): Uint8Array {
  const begin = encodeRecord(TYPE.begin, Uint8Array.of(0, ROLE_RESPONDER, 0, 0, 0, 0, 0, 0));
  return joinChunks([
    begin,
    ...encodeStream(TYPE.params, encodeVariables(variables)),
    emptyRecord(TYPE.params),
  ]);
}

/** A piece of the body. */
export function encodeFastCgiBody(bytes: Uint8Array): Uint8Array {
  return joinChunks(encodeStream(TYPE.stdin, bytes));
}

/** The end of the body, which every request has. */
export function encodeFastCgiEnd(): Uint8Array {
  return emptyRecord(TYPE.stdin);
}

function encodeVariables(variables: CgiVariables): Uint8Array {
  const size = variables.reduce((total, text) => total + lengthBytes(text.length) + text.length, 0);
  if (size > MAX_PARAMS_BYTES) {
    throw new TransportError("unsendable", "The request is too large for FastCGI", { status: 431 });
  }
  const bytes = new Uint8Array(size);
  let position = 0;
  for (let index = 0; index < variables.length; index += 2) {
    const [name = "", value = ""] = variables.slice(index, index + 2);
    position = writeLength(bytes, position, name.length);
    position = writeLength(bytes, position, value.length);
    writeLatin1(bytes, position, name);
    writeLatin1(bytes, position + name.length, value);
    position += name.length + value.length;
  }
  return bytes;
}

/** Lengths up to 127 take one byte, others four with the highest bit set (§3.4). */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : 4;
}

function writeLength(bytes: Uint8Array, position: number, length: number): number {
  if (lengthBytes(length) === 1) bytes[position] = length;
  else new DataView(bytes.buffer).setUint32(position, length + 0x80000000);
  return position + lengthBytes(length);
}

function encodeStream(type: number, bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += MAX_CONTENT_BYTES) {
    records.push(encodeRecord(type, bytes.subarray(start, start + MAX_CONTENT_BYTES)));
  }
  return records;
}

function encodeRecord(type: number, content: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + content.length);
  const view = new DataView(record.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, type);
  view.setUint16(2, REQUEST_ID);
  view.setUint16(4, content.length);
  record.set(content, HEADER_BYTES);
  return record;
}

function emptyRecord(type: number): Uint8Array {
  return encodeRecord(type, new Uint8Array());
}

/** Reads records; what the application writes to its error stream is left to the server's own log. */
export class FastCgiDecoder implements ResponseDecoder {
  readonly #output: CgiResponseDecoder;
  #buffer: Uint8Array = new Uint8Array();
  #isOver = false;
  #hasOutput = false;

  constructor(hasBody: (status: number) => boolean) {
    this.#output = new CgiResponseDecoder(hasBody);
  }

  push(bytes: Uint8Array): DecodedPart[] {
    this.#buffer = this.#buffer.length === 0 ? bytes : joinChunks([this.#buffer, bytes]);
    const parts: DecodedPart[] = [];
    while (!this.#isOver) {
      const record = this.#takeRecord();
      if (record === undefined) break;
      parts.push(...this.#read(record.type, record.content));
    }
    return parts;
  }

  finish(): DecodedPart[] {
    if (this.#isOver) return [];
    if (this.#buffer.length > 0) throw malformed("half a record");
    if (this.#hasOutput) throw malformed("output without an end");
    throw new TransportError("unanswered", "The upstream closed the connection without an answer");
  }

  #takeRecord(): { type: number; content: Uint8Array } | undefined {
    const buffer = this.#buffer;
    if (buffer.length < HEADER_BYTES) return undefined;
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    if (view.getUint8(0) !== VERSION) throw malformed("no FastCGI record");
    if (view.getUint16(2) !== REQUEST_ID) throw malformed("a record of another request");
    const end = HEADER_BYTES + view.getUint16(4);
    const next = end + view.getUint8(6);
    if (buffer.length < next) return undefined;
    this.#buffer = buffer.subarray(next);
    return { type: view.getUint8(1), content: buffer.subarray(HEADER_BYTES, end) };
  }

  #read(type: number, content: Uint8Array): DecodedPart[] {
    if (type === TYPE.stdout) {
      this.#hasOutput = true;
      return content.length === 0 ? [] : this.#output.push(content);
    }
    if (type === TYPE.stderr) return [];
    if (type !== TYPE.end) throw malformed(`a FastCGI record of type ${type}`);
    this.#isOver = true;
    checkEnd(content);
    return this.#output.finish();
  }
}

function checkEnd(content: Uint8Array): void {
  const status = content[4];
  if (content.length < HEADER_BYTES || status === undefined) throw malformed("half an end of a request");
  if (status === STATUS_OVERLOADED)
    throw new TransportError("unreachable", "The FastCGI server is overloaded");
  if (status !== STATUS_COMPLETE) throw malformed(`the FastCGI status ${status}`);
}
