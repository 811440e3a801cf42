// The life of a connection from a client: heads are read one after the other, each is answered before the next, and
// whoever is slow, or sends what is no HTTP, is shown out. RFC 9112 §2, §9.

import { parseRequestLine, type RequestHead, RequestHeadReader } from "../../http/request-head.ts";
import { IncomingRequest } from "./incoming.ts";
import { IncomingBody, MAX_UNREAD_BYTES } from "./incoming-body.ts";
import { OutgoingAnswer } from "./outgoing.ts";
import { Output } from "./output.ts";
import { formatRefusal, type Refusal } from "./refusal.ts";
import type { WireSocket } from "./wire-socket.ts";

/** The server, as its connections see it. */
export interface ConnectionHost {
  readonly maxHeaderBytes: number;
  /** Sent with answers after which the connection is kept; undefined where none is. */
  readonly keepAliveLines: string | undefined;
  /** Grows steadily while the process has time: what connections measure their age by. */
  readonly ticks: number;
  request(incoming: IncomingRequest, outgoing: OutgoingAnswer): void;
  /** Whether a request leaves HTTP, by its head. */
  isUpgrade(head: RequestHead): boolean;
  /** The socket is the listener's from now on; `rest` came behind the head. */
  upgrade(incoming: IncomingRequest, socket: WireSocket, rest: Buffer): void;
  onClosed(connection: ServerConnection): void;
}

/**
 * `fresh` before the first byte, `idle` between requests, `head` while one arrives, `busy` until it is answered,
 * `draining` while a body nobody wants arrives, `leaving` when the last answer was sent, `upgraded` when it is somebody
 * else's.
 */
export type Phase = "fresh" | "idle" | "head" | "busy" | "draining" | "leaving" | "upgraded" | "gone";

/** Requests that wait behind the one that is answered; with more the client waits too. */
const MAX_WAITING_BYTES = 64 * 1024;
/** Empty lines before a request, which old clients send behind a body. */
const MAX_EMPTY_LINES_LENGTH = 8;
/** No head that begins like this becomes a good one: a control character, or a line that does not end with CRLF. */
const HOPELESS = /[^\t\r\n\x20-\x7e\x80-\xff]|(?:^|[^\r])\n|\r[^\n]/;

export class ServerConnection {
  readonly socket: WireSocket;
  readonly #host: ConnectionHost;
  readonly #output: Output;
  readonly #heads = new RequestHeadReader();
  phase: Phase = "fresh";
  /** The tick in which the phase began. */
  since: number;
  /** The beginning of a head. */
  #text = "";
  /** What came behind the request that is being answered. */
  #waiting: Buffer | undefined;
  #incoming: IncomingRequest | undefined;
  #outgoing: OutgoingAnswer | undefined;
  #isReading = false;

  constructor(socket: WireSocket, host: ConnectionHost) {
    this.socket = socket;
    this.#host = host;
    this.#output = new Output(socket);
    this.since = host.ticks;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("drain", this.#onDrain);
    socket.on("error", ignore);
    socket.on("close", this.#onClose);
  }

  /** When the client last took something of what it is sent. */
  progressedAt = 0;
  #taken = -1;

  /** Whether something is still to be sent, which no time but the client's own may cut short. Asked in each tick. */
  isSending(tick: number): boolean {
    this.socket.retry?.();
    const { writableLength, bytesWritten } = this.socket;
    if (writableLength === 0) return false;
    const taken = bytesWritten - writableLength;
    if (this.#taken !== taken) this.progressedAt = tick;
    this.#taken = taken;
    this.since = tick;
    return true;
  }

  /** Whether closing it takes nothing from its client. */
  get isIdle(): boolean {
    return this.phase === "idle" || this.phase === "fresh";
  }

  /** Answers for the server and closes: what follows is not read. */
  refuse(refusal: Refusal): void {
    const outgoing = this.#outgoing;
    // An answer that has begun cannot be taken back.
    if (outgoing?.headersSent) return void this.destroy();
    this.#enter("leaving");
    this.#incoming?.body?.fail(new Error("The request is malformed"));
    this.#output.flush();
    this.socket.end(formatRefusal(refusal), "latin1");
    outgoing?.handleClose();
    this.socket.resume();
  }

  /** Closes it when everything has left. */
  close(): void {
    this.#leave();
  }

  destroy(): void {
    this.socket.destroy();
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.phase === "leaving") return;
    const body = this.#incoming?.body;
    if (body !== undefined && !body.complete) this.#readBody(body, bytes);
    else this.#wait(bytes);
    this.#readWaiting();
  };

  /** The client sends nothing more; one that waits for an answer is gone all the same, as for every server here. */
  readonly #onEnd = (): void => {
    if (this.phase === "busy" || this.phase === "draining") this.socket.destroy();
    else this.#end();
  };

  readonly #onDrain = (): void => this.#outgoing?.handleDrain();

  readonly #onClose = (): void => {
    this.phase = "gone";
    this.#waiting = undefined;
    this.#incoming?.body?.fail(new Error("The client closed the connection"));
    this.#outgoing?.handleClose();
    this.#host.onClosed(this);
  };

  /** Sends nothing more. */
  #end(): void {
    this.#output.flush();
    this.socket.end();
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    this.since = this.#host.ticks;
  }

  #wait(bytes: Buffer): void {
    this.#waiting = this.#waiting === undefined ? bytes : Buffer.concat([this.#waiting, bytes]);
    if (this.#incoming !== undefined && this.#waiting.length > MAX_WAITING_BYTES) this.socket.pause();
  }

  #readBody(body: IncomingBody, bytes: Buffer): void {
    let end: number;
    try {
      end = body.push(bytes, 0);
    } catch {
      this.refuse(400);
      return;
    }
    if (end < bytes.length) this.#wait(bytes.subarray(end));
    if (this.phase !== "draining") return;
    if (body.complete) this.#next();
    else if (body.discardedBytes > MAX_UNREAD_BYTES && this.#outgoing?.shouldKeepAlive) {
      // Closing at once could take the answer away from a client that still sends (RFC 9112 §9.6).
      this.#outgoing.shouldKeepAlive = false;
      this.#end();
    }
  }

  /** Requests that came together are answered in turn, however soon their answers are ready. */
  #readWaiting(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#waiting !== undefined && this.#incoming === undefined && this.phase !== "leaving") {
      const bytes = this.#waiting;
      this.#waiting = undefined;
      this.#readHead(bytes);
    }
    this.#isReading = false;
  }

  #readHead(bytes: Buffer): void {
    const { maxHeaderBytes } = this.#host;
    const before = this.#text;
    // A little more than allowed tells too much from just enough.
    const limit = maxHeaderBytes + 2 * MAX_EMPTY_LINES_LENGTH;
    const text = before + bytes.toString("latin1", 0, limit - before.length);
    let start = 0;
    // Empty lines before a request are passed over (RFC 9112 §2.2).
    while (text.startsWith("\r\n", start)) start += 2;
    if (start > MAX_EMPTY_LINES_LENGTH) return void this.refuse(400);
    const end = text.indexOf("\r\n\r\n", start);
    if (end < 0 ? text.length - start > maxHeaderBytes : end - start > maxHeaderBytes)
      return void this.refuse(431);
    if (end < 0) return void this.#keepBeginning(text.slice(start));
    this.#text = "";
    const head = this.#heads.read(text, start, end + 2);
    if (typeof head === "number") return void this.refuse(head);
    this.#begin(head, bytes, end + 4 - before.length);
  }

  /** A head that cannot become a good one is refused at once. */
  #keepBeginning(text: string): void {
    const lineEnd = text.indexOf("\r\n");
    const line = lineEnd < 0 ? undefined : parseRequestLine(text.slice(0, lineEnd));
    if (typeof line === "number") return void this.refuse(line);
    if (HOPELESS.test(text)) return void this.refuse(400);
    this.#text = text;
    if (text !== "" && this.phase !== "head") this.#enter("head");
  }

  #begin(head: RequestHead, bytes: Buffer, headEnd: number): void {
    const { bodyLength, expect } = head;
    if (expect !== undefined && expect !== "100-continue") return void this.refuse(417);
    const hasBody = bodyLength !== 0;
    const awaits = hasBody && expect !== undefined && head.version === "1.1" && headEnd === bytes.length;
    const body = hasBody ? new IncomingBody(bodyLength, awaits, this.#output) : undefined;
    const incoming = new IncomingRequest(head, this.socket, body);
    if (body === undefined && this.#host.isUpgrade(head)) {
      this.#upgrade(incoming, bytes.subarray(headEnd));
      return;
    }
    if (head.hasUpgrade) removeField(head.fields, "upgrade");
    const keepAliveLines = head.isPersistent ? this.#host.keepAliveLines : undefined;
    const outgoing = new OutgoingAnswer(this.#output, incoming, keepAliveLines, this.#onAnswered);
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.phase = "busy";
    if (headEnd < bytes.length) {
      if (body === undefined) this.#wait(bytes.subarray(headEnd));
      else this.#readBody(body, bytes.subarray(headEnd));
      if (this.phase !== "busy") return;
    }
    this.#host.request(incoming, outgoing);
  }

  readonly #onAnswered = (): void => {
    const body = this.#incoming?.body;
    if (body === undefined || body.complete) this.#next();
    // Whoever waits for a word before the body may send it or not: nobody knows what comes next.
    else if (body.awaitsContinue || !this.#outgoing?.waitsForBody) this.#leave();
    else {
      this.#enter("draining");
      body.discard();
      // The client learns that this was all while it still sends (RFC 9112 §9.6).
      if (!this.#outgoing?.shouldKeepAlive) this.#end();
    }
  };

  /** Ready for another request. */
  #next(): void {
    const keepsAlive = this.#outgoing?.shouldKeepAlive;
    this.#incoming = undefined;
    this.#outgoing = undefined;
    if (!keepsAlive || this.#host.keepAliveLines === undefined) return void this.#leave();
    this.#enter("idle");
    if (this.socket.isPaused()) this.socket.resume();
    if (this.#waiting !== undefined) this.#readWaiting();
  }

  /** The last answer is on its way: the connection closes when it has left. */
  #leave(): void {
    this.#enter("leaving");
    this.#waiting = undefined;
    this.#output.flush();
    this.socket.destroySoon();
  }

  /** Gives the socket away as it came, with what has been read too far. */
  #upgrade(incoming: IncomingRequest, rest: Buffer): void {
    const { socket } = this;
    this.#output.flush();
    socket.off("data", this.#onData);
    socket.off("end", this.#onEnd);
    socket.off("drain", this.#onDrain);
    // Whoever listens next starts it again; until then nothing is lost.
    socket.readableFlowing = null;
    this.#enter("upgraded");
    this.#host.upgrade(incoming, socket, rest);
  }
}

/** A protocol that is not changed to is nothing that anybody behind could act on. */
function removeField(fields: string[], name: string): void {
  for (let index = fields.length - 2; index >= 0; index -= 2)
    if (fields[index] === name) fields.splice(index, 2);
}

/** What follows is `close`, where everything is tidied up. */
function ignore(): void {}
