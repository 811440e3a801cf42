// An answer on its way out: framed here, in as few writes as it can be. RFC 9112 §6, §7.1, §9.6.

import { dateLine, formatHead } from "./message-text.ts";
import type { Output } from "./output.ts";
import type { WireSocket } from "./wire-socket.ts";

/** What of a request decides how its answer is framed. */
export interface AnsweredRequest {
  readonly method: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly body?:
    | { readonly isUnwelcome: boolean; readonly complete: boolean; sayContinue(): void }
    | undefined;
}

/** Longer bodies are not worth copying behind their head, nor keeping for a moment. */
const MAX_JOINED_BYTES = 32 * 1024;
const LAST_CHUNK = "0\r\n\r\n";
const EMPTY = new Uint8Array(0);

type State = "open" | "ended" | "finished" | "broken";

export class OutgoingAnswer {
  readonly socket: WireSocket;
  statusCode = 200;
  /** The head is settled; it may still wait for the body's first bytes. */
  headersSent = false;
  /** Whether the connection may bring another request after this answer. */
  shouldKeepAlive: boolean;
  /** Whether what is left of the request's body is read when the answer has left, for a while. */
  waitsForBody = true;
  /** Of the body, without framing. */
  bodyBytes = 0;
  /** What an answer says after which the connection is kept: whole lines. */
  readonly keepAliveLines: string;
  readonly #output: Output;
  readonly #request: AnsweredRequest;
  readonly #onFinish: () => void;
  #state: State = "open";
  /** Not written yet. */
  #head: string | undefined;
  #hasLength = false;
  #isChunked = false;
  #closeListeners: (() => void)[] | undefined;
  #drainWaiters: (() => void)[] | undefined;

  /** `keepAliveLines` are sent where the connection is kept; `onFinish` is called when the answer has left. */
  constructor(
    output: Output,
    request: AnsweredRequest,
    keepAliveLines: string | undefined,
    onFinish: () => void,
  ) {
    this.socket = output.socket;
    this.#output = output;
    this.#request = request;
    this.shouldKeepAlive = keepAliveLines !== undefined;
    this.keepAliveLines = keepAliveLines ?? "";
    this.#onFinish = onFinish;
  }

  /** Nothing about the connection makes this answer differ from others. */
  get isPlain(): boolean {
    return this.shouldKeepAlive && this.#request.httpVersion === "1.1";
  }

  /** Nothing more will be written. */
  get writableEnded(): boolean {
    return this.#state !== "open";
  }

  /** The whole answer has left. */
  get writableFinished(): boolean {
    return this.#state === "finished";
  }

  /** The client is gone, or the answer was given up. */
  get destroyed(): boolean {
    return this.#state === "broken" || (this.#state !== "finished" && this.socket.destroyed);
  }

  /** Over, one way or the other. */
  get closed(): boolean {
    return this.#state === "finished" || this.#state === "broken";
  }

  /**
   * Settles the head: name, value, name, value … Throws a TypeError for what cannot be sent; then nothing is settled.
   * Without a Content-Length the body goes out in chunks, or ends with the connection in HTTP/1.0.
   */
  writeHead(status: number, fields: readonly string[], statusText?: string): void {
    if (this.headersSent) throw new Error("The head has been sent");
    // Whoever reads a 101 takes what follows for another protocol.
    if (status < 200) throw new RangeError(`${status} is no status of an answer`);
    const { text, hasLength, hasDate } = formatHead(status, statusText, fields);
    this.statusCode = status;
    this.headersSent = true;
    this.#hasLength = hasLength;
    // An answer that was kept says when it was made (RFC 9110 §6.6.1).
    this.#head = hasDate ? text : text + dateLine();
  }

  /** Sends the head before there is a body. */
  flushHeaders(): void {
    if (this.#state === "open" && this.#head !== undefined) this.#output.write(this.#beginStream());
  }

  /** False: wait until it is drained. `onFlushed` is called when the bytes are no longer needed. */
  write(chunk: Uint8Array, onFlushed?: () => void): boolean {
    if (this.#state !== "open" || this.socket.destroyed) {
      if (onFlushed !== undefined) queueMicrotask(onFlushed);
      return true;
    }
    if (!this.headersSent) this.writeHead(this.statusCode, []);
    const head = this.#head === undefined ? "" : this.#beginStream();
    if (!this.#hasBody() || chunk.length === 0) return this.#writeText(head, onFlushed);
    this.bodyBytes += chunk.length;
    const before = this.#isChunked ? `${head}${chunk.length.toString(16)}\r\n` : head;
    const output = this.#output;
    if (before === "") return output.write(chunk, onFlushed);
    const { socket } = this;
    socket.cork();
    output.write(before);
    let takesMore = output.write(chunk, this.#isChunked ? undefined : onFlushed);
    if (this.#isChunked) takesMore = output.write("\r\n", onFlushed);
    socket.uncork();
    return takesMore;
  }

  /** Sends the end, with the rest of the body. A text goes out as UTF-8. */
  end(body?: string | Uint8Array | null): void {
    if (this.#state !== "open") return;
    if (!this.headersSent) this.writeHead(this.statusCode, []);
    if (this.#head !== undefined) this.#endWhole(body ?? null);
    else {
      if (body !== undefined && body !== null && body.length > 0) {
        this.write(typeof body === "string" ? Buffer.from(body) : body);
      }
      if (this.#isChunked) this.#output.write(LAST_CHUNK);
    }
    this.#finishWhenFlushed();
  }

  /** Sends what is ready for the wire, head and all; only for a plain answer that has no head yet. */
  endPrepared(status: number, bytes: Uint8Array, bodyBytes: number): void {
    this.statusCode = status;
    this.headersSent = true;
    this.bodyBytes = bodyBytes;
    this.#output.send(bytes);
    this.#finishWhenFlushed();
  }

  /** Sends an interim answer before the last; HTTP/1.0 knows none (RFC 9110 §15.2). Throws as `writeHead`. */
  writeInterim(status: number, fields: readonly string[]): void {
    if (this.headersSent || this.#state !== "open" || this.#request.httpVersion === "1.0") return;
    this.#output.write(`${formatHead(status, undefined, fields).text}\r\n`);
  }

  /** Breaks off: a client must not take half an answer for a whole one. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Calls back when the answer is over: it has left, or its client has. */
  once(_event: "close", listener: () => void): this {
    this.#closeListeners ??= [];
    this.#closeListeners.push(listener);
    return this;
  }

  off(_event: "close", listener: () => void): this {
    const index = this.#closeListeners?.indexOf(listener) ?? -1;
    if (index >= 0) this.#closeListeners?.splice(index, 1);
    return this;
  }

  /** Resolves when more bytes are taken, or when the client is gone. */
  drained(): Promise<void> {
    if (this.closed || this.socket.destroyed || !this.socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drainWaiters ??= [];
      this.#drainWaiters.push(resolve);
    });
  }

  /** The connection takes more. */
  handleDrain(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = undefined;
    for (const resolve of waiters ?? []) resolve();
  }

  /** The connection is gone. */
  handleClose(): void {
    if (!this.closed) this.#close("broken");
  }

  #hasBody(): boolean {
    return this.#request.method !== "HEAD" && !isBodyless(this.statusCode);
  }

  /** The head of an answer that is made while the request's body may still be read: later no word could be said. */
  #beginStream(): string {
    this.#request.body?.sayContinue();
    return this.#takeHead(undefined);
  }

  /** The head with what the connection adds; `length` is that of a body which is known. */
  #takeHead(length: number | undefined): string {
    let text = this.#head as string;
    this.#head = undefined;
    if (!this.#hasLength && !isBodyless(this.statusCode)) {
      if (length !== undefined) text += `content-length: ${length}\r\n`;
      else if (this.#request.httpVersion === "1.0") this.shouldKeepAlive = false;
      else if (this.#request.method !== "HEAD") {
        this.#isChunked = true;
        text += "transfer-encoding: chunked\r\n";
      }
    }
    return `${text}${this.shouldKeepAlive ? this.keepAliveLines : "connection: close\r\n"}\r\n`;
  }

  /** A text of ASCII alone goes out with its head as one string, a few bytes as one buffer. */
  #endWhole(body: string | Uint8Array | null): void {
    const length = body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const { body: asked } = this.#request;
    if (asked?.complete === false && asked.isUnwelcome) this.shouldKeepAlive = false;
    // No length for what has no body: that of the GET may be another.
    const isEmpty = !this.#hasBody();
    const head = this.#takeHead(this.#request.method === "HEAD" && body === null ? undefined : length);
    if (isEmpty || length === 0 || body === null) {
      this.#output.send(head);
      return;
    }
    this.bodyBytes = length;
    if (length > MAX_JOINED_BYTES) writeBoth(this.#output, head, body);
    else if (typeof body === "string" && body.length === length) this.#output.send(head + body);
    else this.#output.send({ head, body, length });
  }

  #writeText(text: string, onFlushed: (() => void) | undefined): boolean {
    if (text !== "") return this.#output.write(text, onFlushed);
    if (onFlushed !== undefined) queueMicrotask(onFlushed);
    return true;
  }

  #finishWhenFlushed(): void {
    this.#state = "ended";
    const { socket } = this;
    if (socket.destroyed) return;
    if (socket.writableLength === 0) this.#finish();
    else
      this.#output.write(EMPTY, () => {
        if (this.#state === "ended" && !socket.destroyed) this.#finish();
      });
  }

  #finish(): void {
    this.#close("finished");
    this.#onFinish();
  }

  #close(state: "finished" | "broken"): void {
    this.#state = state;
    const listeners = this.#closeListeners;
    this.#closeListeners = undefined;
    this.handleDrain();
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}

/** RFC 9112 §6.3. */
function isBodyless(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}

function writeBoth(output: Output, head: string, body: string | Uint8Array): void {
  output.socket.cork();
  output.write(head);
  output.write(typeof body === "string" ? Buffer.from(body) : body);
  output.socket.uncork();
}
