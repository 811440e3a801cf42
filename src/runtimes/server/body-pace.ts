// Is a client too slow with its body? One that gives a byte now and then holds a connection for nothing, one that
// uploads slowly but steadily must not be cut. Only the client's own time counts: while what it sent waits to be
// read, nobody looks at the clock.

import type { IncomingMessage, ServerResponse } from "node:http";
import { isFramed } from "./framing.ts";

export interface PaceLimits {
  /** 0: as slowly as they like. */
  minBytesPerSecond: number;
  /** Over which time the average is taken. */
  windowMs: number;
}

/** A connection, as far as it is looked at. */
export interface PacedRequest {
  complete: boolean;
  readableLength: number;
  /** Null once nobody wants the rest of the body: Node takes it away from a request whose stream is cancelled. */
  socket: { bytesRead: number; destroyed: boolean } | null;
}

interface Window {
  cut(): void;
  /** Bytes of the connection when the window began. */
  bytes: number;
  elapsedMs: number;
}

const TEXT = "Request Timeout\n";
const LOOKS_PER_WINDOW = 10;

/** Watches requests until their bodies are there. */
export class BodyPace {
  readonly #limits: PaceLimits;
  readonly #open = new Map<PacedRequest, Window>();

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  /** How often `look` wants to be called; undefined for never. */
  get everyMs(): number | undefined {
    const { minBytesPerSecond, windowMs } = this.#limits;
    return minBytesPerSecond === 0 ? undefined : Math.max(50, Math.min(1_000, windowMs / LOOKS_PER_WINDOW));
  }

  /** A request whose body may still be on its way; `cut` is called if it is too slow. */
  watch(request: PacedRequest, cut: () => void): void {
    if (request.socket === null) return;
    this.#open.set(request, { cut, bytes: request.socket.bytesRead, elapsedMs: 0 });
  }

  /** Cuts those who have given too little in a whole window. */
  look(sinceMs: number): void {
    const { minBytesPerSecond, windowMs } = this.#limits;
    for (const [request, window] of this.#open) {
      if (request.complete || request.socket === null || request.socket.destroyed) this.#open.delete(request);
      else if (request.readableLength > 0)
        Object.assign(window, { bytes: request.socket.bytesRead, elapsedMs: 0 });
      else {
        window.elapsedMs += sinceMs;
        if (window.elapsedMs < windowMs) continue;
        const received = request.socket.bytesRead - window.bytes;
        if (received * 1_000 < minBytesPerSecond * window.elapsedMs) {
          this.#open.delete(request);
          window.cut();
        } else Object.assign(window, { bytes: request.socket.bytesRead, elapsedMs: 0 });
      }
    }
  }
}

/** Watches a request if it has a body; one that is cut is answered 408 where no answer has begun (RFC 9110 §15.5.9). */
export function watchBody(pace: BodyPace, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const hasBody = isFramed(incoming.rawHeaders) && !incoming.complete;
  if (hasBody) pace.watch(incoming, () => cut(incoming, outgoing));
}

function cut(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { socket } = incoming;
  if (outgoing.headersSent) return void socket.destroy();
  outgoing.shouldKeepAlive = false;
  outgoing.writeHead(408, {
    "content-type": "text/plain;charset=UTF-8",
    "cache-control": "no-store",
    "content-length": TEXT.length,
    connection: "close",
  });
  outgoing.end(TEXT, () => socket.destroySoon());
}
