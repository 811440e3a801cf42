// Is a client too slow with its body? One that gives a byte now and then holds a connection for nothing, one that
// uploads slowly but steadily must not be cut. Only the client's own time counts: while what it sent waits to be
// read, nobody looks at the clock.

import { answerPlainly } from "../http1/answer-plainly.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";

export interface PaceLimits {
  /** 0: as slowly as they like. */
  minBytesPerSecond: number;
  /** Over which time the average is taken. */
  windowMs: number;
}

/** A body, as far as it is looked at. */
export interface PacedRequest {
  complete: boolean;
  /** Not 0 while the client waits for us. */
  readableLength: number;
  socket: { bytesRead: number; destroyed: boolean };
}

interface Window {
  cut(): void;
  /** Bytes of the connection when the window began. */
  bytes: number;
  elapsedMs: number;
}

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
    this.#open.set(request, { cut, bytes: request.socket.bytesRead, elapsedMs: 0 });
  }

  /** Cuts those who have given too little in a whole window. */
  look(sinceMs: number): void {
    const { minBytesPerSecond, windowMs } = this.#limits;
    for (const [request, window] of this.#open) {
      if (request.complete || request.socket.destroyed) this.#open.delete(request);
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

/** Watches a body; one that is cut is answered 408 where no answer has begun (RFC 9110 §15.5.9). */
export function watchBody(pace: BodyPace, { body }: IncomingRequest, outgoing: OutgoingAnswer): void {
  if (body !== undefined) pace.watch(body, () => cut(outgoing));
}

function cut(outgoing: OutgoingAnswer): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.shouldKeepAlive = false;
  outgoing.waitsForBody = false;
  answerPlainly(outgoing, 408, "Request Timeout\n");
}
