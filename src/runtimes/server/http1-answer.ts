// What a server's bytes say: interim answers, which are read over, then one head and its body. RFC 9112 §6, §7.

import type { ExchangeObserver } from "../../contract/transport.ts";
import { ChunkedDecoder } from "../../http/chunked-body.ts";
import { joinChunks } from "../../http/join-chunks.ts";
import { answerLength, parseResponseHead, type ResponseHead } from "../../http/response-head.ts";
import { memoryFor, takeMemory } from "./chunk-memory.ts";

/** The bytes are no answer. */
export class MalformedAnswerError extends Error {
  override readonly name = "MalformedAnswerError";
}

const MAX_HEAD_BYTES = 64 * 1024;
/** Longer ones are not worth keeping for the next to be compared with. */
const MAX_KNOWN_LENGTH = 4_096;
const MAX_INTERIM_ANSWERS = 16;
const HEAD_END = Buffer.from("\r\n\r\n");
const BEGINNING = "HTTP/1.";
const CONTINUE = 100;
const SWITCHING_PROTOCOLS = 101;
const NOTHING = new Uint8Array(0);

/** Reads one answer after the other from one connection. */
export class AnswerReader {
  /** Of the answer that is being read, as soon as all of it is there; interim ones are not seen. */
  head: ResponseHead | undefined;
  /** Something of an answer has come. */
  hasBegun = false;
  /** The answer is complete. */
  isOver = false;
  /** More than the answer has come, so that nobody knows what it belongs to. */
  hasExcess = false;

  /** The head before: a server that answers alike within a second says the same. */
  #knownText = "";
  #known: ResponseHead | undefined;
  /** The memory is not used again. */
  #isKept = false;
  #method = "GET";
  #observer: Pick<ExchangeObserver, "interim"> | undefined;
  /** Of a head whose end has not come. */
  #text = "";
  #interimAnswers = 0;
  /** Bytes that are left of the body; infinite if it ends with the connection. */
  #left = 0;
  #decoder: ChunkedDecoder | undefined;
  readonly #chunks: Uint8Array[] = [];

  /** Another answer is expected, to a request with this method; `observer` hears of those before it. */
  begin(method: string, observer?: Pick<ExchangeObserver, "interim">): void {
    this.#observer = observer;
    this.head = undefined;
    this.hasBegun = false;
    this.isOver = false;
    this.#method = method;
    this.#text = "";
    this.#interimAnswers = 0;
    this.#decoder = undefined;
    this.#chunks.length = 0;
  }

  /**
   * Takes the first `length` bytes of a memory that may be overwritten afterwards, unless it `isKept`. Throws a MalformedAnswerError or
   * a MalformedBodyError.
   */
  push(memory: Buffer, length: number, isKept = false): void {
    this.#isKept = isKept;
    let at = 0;
    this.hasBegun = true;
    while (this.head === undefined && at < length) at = this.#readHead(memory, at, length);
    if (this.head === undefined) return;
    if (!this.isOver) at = this.#readBody(memory, at, length);
    this.hasExcess ||= at < length;
  }

  /** The connection has ended: whether that is the end of the answer. */
  finish(): boolean {
    if (this.head === undefined || this.#left !== Number.POSITIVE_INFINITY) return this.isOver;
    this.isOver = true;
    return true;
  }

  /** What has come of the body since it was last asked for. */
  takeChunks(give: (chunk: Uint8Array) => void): void {
    for (const chunk of this.#chunks) give(chunk);
    this.#chunks.length = 0;
  }

  /** The same as one array. */
  takeAll(): Uint8Array {
    const all = this.#chunks.length === 0 ? NOTHING : joinChunks(this.#chunks);
    this.#chunks.length = 0;
    return all;
  }

  /** Returns where it stopped: behind a head, or behind all bytes. */
  #readHead(memory: Buffer, start: number, length: number): number {
    const known = this.#text.length;
    if (known === 0) {
      const end = memory.indexOf(HEAD_END, start);
      if (end >= 0 && end + HEAD_END.length <= length) {
        this.#takeHead(memory.toString("latin1", start, end + 2));
        return end + HEAD_END.length;
      }
    }
    const text = this.#text + memory.toString("latin1", start, length);
    const end = text.indexOf("\r\n\r\n", Math.max(0, known - HEAD_END.length));
    if (end < 0) {
      // What is no answer at all need not be waited for.
      if (!BEGINNING.startsWith(text.slice(0, BEGINNING.length))) throw new MalformedAnswerError("No HTTP/1");
      if (text.length > MAX_HEAD_BYTES) throw new MalformedAnswerError("The head is too large");
      this.#text = text;
      return length;
    }
    this.#text = "";
    this.#takeHead(text.slice(0, end + 2));
    return start + end + HEAD_END.length - known;
  }

  #takeHead(text: string): void {
    if (text.length > MAX_HEAD_BYTES) throw new MalformedAnswerError("The head is too large");
    const head = text === this.#knownText ? this.#known : parseResponseHead(text, 0, text.length);
    if (head === undefined) throw new MalformedAnswerError("The head is malformed");
    this.#knownText = text.length > MAX_KNOWN_LENGTH ? "" : text;
    this.#known = head;
    if (head.status >= 200) {
      this.head = head;
      const follows = answerLength(head, this.#method);
      if (follows === "chunked") this.#decoder = new ChunkedDecoder();
      else this.#left = follows === "until-close" ? Number.POSITIVE_INFINITY : follows;
      return;
    }
    this.#interimAnswers += 1;
    if (head.status === SWITCHING_PROTOCOLS) throw new MalformedAnswerError("Nobody asked to switch");
    if (this.#interimAnswers > MAX_INTERIM_ANSWERS)
      throw new MalformedAnswerError("Too many interim answers");
    // 100 answers an expectation, and those end at this hop (RFC 9110 §10.1.1).
    if (head.status !== CONTINUE) this.#observer?.interim?.(head.status, head.fields);
  }

  #readBody(memory: Buffer, start: number, length: number): number {
    if (this.#decoder !== undefined) {
      const read = this.#decoder.push(this.#bytesOf(memory, start, length, false), 0, this.#keep);
      this.isOver = this.#decoder.isOver;
      return start + read;
    }
    const end = Math.min(length, start + this.#left);
    if (end > start) this.#chunks.push(this.#bytesOf(memory, start, end, end - start < this.#left));
    this.#left -= end - start;
    this.isOver = this.#left === 0;
    return end;
  }

  /** A few bytes must not keep a large memory from being given back. `isPiece`: they go on as they are, with others. */
  #bytesOf(memory: Buffer, start: number, end: number, isPiece: boolean): Uint8Array {
    const isWorthIt = this.#isKept && 2 * (end - start) > memory.buffer.byteLength;
    if (isWorthIt) return memory.subarray(start, end);
    const copy = isPiece ? takeMemory(end - start) : memoryFor(end - start);
    copy.set(memory.subarray(start, end));
    return copy;
  }

  readonly #keep = (data: Uint8Array): void => {
    this.#chunks.push(data);
  };
}
