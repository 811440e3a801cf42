// An HTTP/1.1 server on sockets: on Node this costs less than half of what `node:http` does for a small answer, and
// what a request means is settled by the rules of `http/` alone.

import type { RequestHead } from "../../http/request-head.ts";
import { type ConnectionHost, ServerConnection } from "./connection.ts";
import type { IncomingRequest } from "./incoming.ts";
import type { OutgoingAnswer } from "./outgoing.ts";
import type { WireSocket } from "./wire-socket.ts";

/** What the server bears from its clients. */
export interface HttpLimits {
  /** From the first byte of a head (or the connection) to its end. */
  headerTimeoutMs: number;
  /** How long a connection is kept for another request. */
  keepAliveMs: number;
  maxHeaderBytes: number;
  /** For a client that takes nothing of what it is sent; default two minutes. */
  sendTimeoutMs?: number;
}

/** What brings connections. */
export interface Listening {
  /** The one that the system chose, if it was to. */
  readonly port: number;
  /** Brings no more; those that are open stay. */
  stop(): void;
}

/** Who answers. */
export interface HttpListener {
  request(incoming: IncomingRequest, outgoing: OutgoingAnswer): void;
  isUpgrade(head: RequestHead): boolean;
  upgrade(incoming: IncomingRequest, socket: WireSocket, rest: Buffer): void;
}

/** How often connections are looked at, as a share of the shortest time they have. */
const LOOKS_PER_TIMEOUT = 4;
/** For the rest of a body nobody wants; as nginx's lingering_timeout. */
const DRAINING_MS = 5_000;
/** As many bytes as are written at once need this long at worst. */
const SEND_TIMEOUT_MS = 120_000;
/** After which the system asks whether a silent client is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;
/** For a client to take its last answer and close; a reset could take the answer away (RFC 9112 §9.6). */
const LEAVING_MS = 1_000;

export class HttpServer implements ConnectionHost {
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
  readonly #headerTimeoutMs: number;
  readonly #sendTimeoutMs: number;
  readonly #answer: HttpListener;
  readonly #connections = new Set<ServerConnection>();
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #listenings: Listening[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #isClosing = false;
  readonly #keepAliveLines: string;
  ticks = 0;

  constructor(limits: HttpLimits, answer: HttpListener) {
    this.keepAliveMs = limits.keepAliveMs;
    this.maxHeaderBytes = limits.maxHeaderBytes;
    this.#headerTimeoutMs = limits.headerTimeoutMs;
    this.#sendTimeoutMs = limits.sendTimeoutMs ?? SEND_TIMEOUT_MS;
    this.#answer = answer;
    this.#keepAliveLines = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(limits.keepAliveMs / 1_000)}\r\n`;
    const shortestMs = Math.min(limits.headerTimeoutMs, limits.keepAliveMs, LEAVING_MS);
    this.#tickMs = Math.max(25, shortestMs / LOOKS_PER_TIMEOUT);
  }

  get keepAliveLines(): string | undefined {
    return this.#isClosing ? undefined : this.#keepAliveLines;
  }

  /** Resolves when it has been closed, and with it all connections. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Connections come from there until the server closes. */
  listenTo(listening: Listening): void {
    this.#listenings.push(listening);
  }

  /** Serves a connection; half-open ones must be allowed. */
  serve(socket: WireSocket): void {
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    this.#timer ??= setInterval(() => this.#look(), this.#tickMs).unref();
    this.#connections.add(new ServerConnection(socket, this));
  }

  request(incoming: IncomingRequest, outgoing: OutgoingAnswer): void {
    this.#answer.request(incoming, outgoing);
  }

  isUpgrade(head: RequestHead): boolean {
    return this.#answer.isUpgrade(head);
  }

  upgrade(incoming: IncomingRequest, socket: WireSocket, rest: Buffer): void {
    this.#answer.upgrade(incoming, socket, rest);
  }

  onClosed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    if (this.#isClosing) this.#closeIfEmpty();
  }

  /** Takes no further connections and closes the idle ones; resolves when all are closed. */
  close(): Promise<void> {
    this.#isClosing = true;
    for (const listening of this.#listenings.splice(0)) listening.stop();
    this.closeIdleConnections();
    this.#closeIfEmpty();
    return this.closed;
  }

  closeIdleConnections(): void {
    for (const connection of this.#connections) if (connection.isIdle) connection.close();
  }

  closeAllConnections(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #closeIfEmpty(): void {
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#closed.resolve();
  }

  /** A process that was stuck has looked at nothing, and no client is to blame for that: ticks are what is counted. */
  #look(): void {
    this.ticks += 1;
    for (const connection of this.#connections) {
      const ageMs = (this.ticks - connection.since) * this.#tickMs;
      if (connection.isSending(this.ticks)) {
        if ((this.ticks - connection.progressedAt) * this.#tickMs >= this.#sendTimeoutMs)
          connection.destroy();
        continue;
      }
      switch (connection.phase) {
        case "head":
          if (ageMs >= this.#headerTimeoutMs) connection.refuse(408);
          break;
        case "fresh":
          if (ageMs >= this.#headerTimeoutMs) connection.destroy();
          break;
        case "idle":
          if (ageMs >= this.keepAliveMs) connection.close();
          break;
        case "draining":
          if (ageMs >= DRAINING_MS) connection.destroy();
          break;
        case "leaving":
          if (ageMs >= LEAVING_MS) connection.destroy();
      }
    }
  }
}
