// The body of a request while it arrives: taken apart, held back while nobody reads. RFC 9112 §6, §7.1.

import { ownBytes } from "../../contract/direct-body.ts";
import { ChunkedDecoder } from "../../http/chunked-body.ts";
import { joinChunks } from "../../http/join-chunks.ts";
import type { BodyLength } from "../../http/request-head.ts";
import { ChunkQueue } from "../server/chunk-queue.ts";
import type { Output } from "./output.ts";

/** Of a body nobody wants, that are read so that the connection can be kept. */
export const MAX_UNREAD_BYTES = 1024 * 1024;

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

export class IncomingBody {
  readonly #output: Output;
  readonly #queue: ChunkQueue;
  readonly #decoder: ChunkedDecoder | undefined;
  /** Bytes to come, where the length is known. */
  #remaining: number;
  #isHeldBack = false;
  /** The client sends the body when it is told to (RFC 9110 §10.1.1). */
  #awaitsContinue: boolean;
  #discarded: number | undefined;
  complete = false;

  constructor(length: BodyLength, awaitsContinue: boolean, output: Output) {
    this.#output = output;
    this.#awaitsContinue = awaitsContinue;
    this.#remaining = length === "chunked" ? 0 : length;
    this.#decoder = length === "chunked" ? new ChunkedDecoder() : undefined;
    this.#queue = new ChunkQueue({
      pause: () => this.#hold(true),
      resume: () => this.#hold(false),
      abort() {},
    });
  }

  get socket(): Output["socket"] {
    return this.#output.socket;
  }

  /** The client waits for a word before it sends the body, and has not got it. */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue;
  }

  /** Nobody would wait for the rest, or it may never come: after an answer that does not, the connection closes. */
  get isUnwelcome(): boolean {
    return this.#awaitsContinue || this.#remaining > MAX_UNREAD_BYTES;
  }

  /** Tells the client to send the body, if it waits for that (RFC 9110 §10.1.1). */
  sayContinue(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    this.#output.write(CONTINUE);
  }

  /** Bytes that have arrived and were not read; never 0 while it is we who keep the client waiting. */
  get readableLength(): number {
    return this.#queue.bytes + (this.#isHeldBack || this.#awaitsContinue ? 1 : 0);
  }

  /** Bytes that came while nobody wanted them any more. */
  get discardedBytes(): number {
    return this.#discarded ?? 0;
  }

  /** Takes what has arrived and returns where the body ends in it, or its length. Throws a MalformedBodyError. */
  push(bytes: Uint8Array, start: number): number {
    this.#awaitsContinue = false;
    const end =
      this.#decoder === undefined ? this.#pushCounted(bytes, start) : this.#pushChunked(bytes, start);
    if (this.complete) this.#queue.end();
    return end;
  }

  /** Resolves with undefined at the end; rejects if the client broke off. */
  read(): Promise<Uint8Array | undefined> {
    this.sayContinue();
    return this.#queue.read();
  }

  /** The same as a stream, for one reader. */
  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.read();
          if (chunk === undefined) controller.close();
          else controller.enqueue(ownBytes(chunk));
        },
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  /** All of it. */
  async readAll(): Promise<Uint8Array> {
    if (this.#queue.isOver) return this.#queue.takeAll();
    const chunks: Uint8Array[] = [];
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) chunks.push(chunk);
    return joinChunks(chunks);
  }

  /** Nobody reads on. What has come is forgotten, what comes waits for the answer. */
  cancel(): void {
    this.#queue.cancel();
  }

  /** What comes from now on is read and forgotten. */
  discard(): void {
    this.#discarded ??= 0;
    this.#queue.cancel();
    if (this.#isHeldBack) this.#hold(false);
  }

  /** The rest will not come. */
  fail(error: Error): void {
    if (!this.complete) this.#queue.fail(error);
  }

  #pushCounted(bytes: Uint8Array, start: number): number {
    const end = Math.min(bytes.length, start + this.#remaining);
    if (end > start) this.#take(bytes.subarray(start, end));
    this.#remaining -= end - start;
    this.complete = this.#remaining === 0;
    return end;
  }

  #pushChunked(bytes: Uint8Array, start: number): number {
    const decoder = this.#decoder as ChunkedDecoder;
    const parts: Uint8Array[] = [];
    const end = decoder.push(bytes, start, (data) => parts.push(data));
    // Chunks may be of a byte each: what came together stays together.
    if (parts.length > 0) this.#take(joinChunks(parts));
    this.complete = decoder.isOver;
    return end;
  }

  #take(data: Uint8Array): void {
    if (this.#discarded === undefined) this.#queue.push(data);
    else this.#discarded += data.length;
  }

  #hold(isHeldBack: boolean): void {
    this.#isHeldBack = isHeldBack;
    if (isHeldBack) this.socket.pause();
    else this.socket.resume();
  }
}
