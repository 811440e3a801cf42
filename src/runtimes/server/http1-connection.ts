// One connection to an HTTP/1.1 server: one exchange at a time, and what becomes of the connection afterwards.
// RFC 9112 §9.

import type { OnReadOpts } from "node:net";
import { type BodySource, TransportError, type UpstreamResponse } from "../../contract/transport.ts";
import { formatFraming } from "../../http/format-request.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { WireSocket } from "../http1/wire-socket.ts";
import { AnswerReader } from "./http1-answer.ts";
import { AnswerBody } from "./http1-body.ts";
import { type Http1Exchange, unanswered } from "./http1-exchange.ts";
import { upload } from "./http1-upload.ts";

/** Whoever has the connections. */
export interface ConnectionOwner {
  /** An exchange has ended as it should: the connection may carry another one. */
  onIdle(connection: Http1Connection): void;
  /** It is closed. */
  onClose(connection: Http1Connection): void;
  /** It broke before anything of an answer came, and the exchange may be repeated on another connection. */
  onRepeat(exchange: Http1Exchange): void;
}

/** What all connections read into, one after the other: each takes out what it keeps before another one reads. */
const memory = Buffer.allocUnsafeSlow(64 * 1024);

export class Http1Connection {
  /** As `performance.now()`. */
  readonly openedAt = performance.now();
  /** Until when it may be used again; set by its owner. */
  idleUntil = 0;
  /** How plain connections give what they read; undefined where they give memory of their own for less. */
  readonly onread: OnReadOpts | undefined;

  readonly #owner: ConnectionOwner;
  readonly #reader = new AnswerReader();
  #socket: WireSocket | undefined;
  #exchange: Http1Exchange | undefined;
  /** Of an answer that did not come in one piece. */
  #body: AnswerBody | undefined;
  #isUploading = false;
  /** It has carried an exchange before. */
  #isReused = false;

  /** `canReadInto`: whether plain connections can be told where to put what they read. */
  constructor(owner: ConnectionOwner, canReadInto: boolean) {
    this.#owner = owner;
    if (!canReadInto) return;
    const callback = (length: number): boolean => {
      this.#take(memory, length, false);
      return true;
    };
    this.onread = { buffer: memory, callback };
  }

  get isClosed(): boolean {
    return this.#socket?.destroyed ?? false;
  }

  /** Seconds for which the server promised to keep the connection after the last answer. */
  get promisedSeconds(): number | undefined {
    return this.#reader.head?.idleSeconds;
  }

  /** Takes over a connection that was opened with `onread`. */
  attach(socket: WireSocket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error) => this.#fail(unanswered(error)));
    socket.on("close", () => {
      this.#fail(unanswered());
      this.#owner.onClose(this);
    });
    if (this.onread === undefined || "encrypted" in socket)
      socket.on("data", (bytes: Buffer) => this.#take(bytes, bytes.length, true));
  }

  /** Sends a request; the connection must be open and idle. */
  start(exchange: Http1Exchange): void {
    const { method, observer } = exchange;
    const socket = this.#socket as WireSocket;
    this.#exchange = exchange;
    this.#reader.begin(method, observer);
    observer.signal.addEventListener("abort", this);
    if (this.#isReused) socket.ref();
    observer.connected();
    if (exchange.body !== null) {
      void this.#upload(exchange, socket);
      return;
    }
    socket.write(`${exchange.head}${formatFraming(method, 0)}\r\n`, "latin1");
    observer.sent();
  }

  /** Ends an idle connection. */
  close(): void {
    this.#socket?.destroy();
  }

  /** The signal of the exchange is aborted. */
  handleEvent(): void {
    const exchange = this.#exchange;
    if (exchange !== undefined) this.#fail(exchange.observer.signal.reason);
  }

  async #upload(exchange: Http1Exchange, socket: WireSocket): Promise<void> {
    const isWanted = () => this.#exchange === exchange;
    this.#isUploading = true;
    try {
      await upload(exchange, socket, isWanted);
      if (!isWanted()) return;
      this.#isUploading = false;
      // With the answer on its way nobody waits for its first byte any more.
      if (this.#reader.head === undefined) exchange.observer.sent();
    } catch (error) {
      if (isWanted()) this.#fail(unanswered(error));
    }
  }

  #take(bytes: Buffer, length: number, isKept: boolean): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Nothing was asked: whatever this is, it must not become the answer to the next request.
      this.close();
      return;
    }
    try {
      this.#reader.push(bytes, length, isKept);
    } catch (error) {
      this.#fail(new TransportError("malformed", "The upstream's answer is malformed", { cause: error }));
      return;
    }
    if (this.#reader.head !== undefined) this.#deliver(exchange, this.#reader.head);
  }

  #onEnd(): void {
    const { head } = this.#reader;
    if (this.#exchange !== undefined && head !== undefined && this.#reader.finish()) {
      this.#deliver(this.#exchange, head);
    } else {
      this.#fail(unanswered());
    }
  }

  /** Hands on what has come of the answer. */
  #deliver(exchange: Http1Exchange, head: ResponseHead): void {
    if (this.#body === undefined && this.#reader.isOver) {
      const body = this.#reader.takeAll();
      this.#finish(exchange, head);
      exchange.resolve(toResponse(head, body));
      return;
    }
    if (this.#body === undefined) {
      this.#body = new AnswerBody(this.#socket as WireSocket);
      exchange.resolve(toResponse(head, this.#body.queue));
    }
    const { queue } = this.#body;
    this.#reader.takeChunks((chunk) => queue.push(chunk));
    if (!this.#reader.isOver) return;
    queue.end();
    this.#finish(exchange, head);
  }

  #finish(exchange: Http1Exchange, { isPersistent }: ResponseHead): void {
    const socket = this.#socket as WireSocket;
    this.#leave(exchange);
    if (this.#isUploading || this.#reader.hasExcess || !isPersistent || socket.destroyed) {
      this.close();
      return;
    }
    this.#isReused = true;
    if (socket.isPaused()) socket.resume();
    // An idle connection does not keep the process.
    socket.unref();
    this.#owner.onIdle(this);
  }

  #fail(error: unknown): void {
    const exchange = this.#exchange;
    const body = this.#body;
    this.close();
    if (exchange === undefined) return;
    this.#leave(exchange);
    if (body !== undefined) {
      body.queue.fail(error);
    } else if (this.#isReused && !this.#reader.hasBegun && exchange.mayRepeat) {
      exchange.wasBroken = true;
      this.#owner.onRepeat(exchange);
    } else {
      exchange.reject(error);
    }
  }

  #leave(exchange: Http1Exchange): void {
    exchange.observer.signal.removeEventListener("abort", this);
    this.#exchange = undefined;
    this.#body?.detach();
    this.#body = undefined;
  }
}

function toResponse(head: ResponseHead, body: Uint8Array | BodySource): UpstreamResponse {
  const { status, statusText, fields, contentLength } = head;
  return { status, statusText, fields, body, contentLength };
}
