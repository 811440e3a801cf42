// Which worker gets a connection? The master accepts, the least busy worker that answers takes over. The master
// keeps its end of a connection until the worker has said so: what a worker does not take goes to another.

import type { Socket } from "node:net";
import process from "node:process";

/** Sends a connection to a worker; the caller keeps its own end open. */
export type SendConnection = (socket: Socket, offer: Offer) => void;

/** A connection on its way. Both sides decide by the same clock, so that exactly one worker has it. */
export interface Offer {
  number: number;
  /** Milliseconds of the system's monotonic clock: a worker that reads this later must not take it. */
  takeUntil: number;
}

interface Pending {
  socket: Socket;
  sentAt: number;
}

interface Target {
  send: SendConnection;
  /** Sent but not taken yet, by number. */
  pending: Map<number, Pending>;
  offers: number;
  /** Estimate between reports. */
  connections: number;
  accepts: boolean;
}

/** A worker that has not taken what it got for this long is busy with something else. */
const RESPONSIVE_MS = 50;
/** How long a worker may take. */
const OFFER_MS = 250;
/** When the master gives an offer up. The difference covers the way of the message and a busy master. */
const REDEAL_AFTER_MS = 500;
/** Connections that wait while there is no worker; more would only be answered too late. */
const MAX_WAITING = 4_096;

export class ConnectionDealer {
  readonly #targets = new Map<number, Target>();
  readonly #waiting: Socket[] = [];
  #turn = 0;

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A worker is ready for connections. */
  add(id: number, send: SendConnection): void {
    this.#targets.set(id, { send, pending: new Map(), offers: 0, connections: 0, accepts: true });
    for (const socket of this.#waiting.splice(0)) this.deal(socket);
  }

  /** A worker gets no further connections; those on the way to it stay its own. */
  retire(id: number): void {
    const target = this.#targets.get(id);
    if (target !== undefined) target.accepts = false;
  }

  /** A worker is gone: what it had not taken goes to others. */
  remove(id: number): void {
    const pending = this.#targets.get(id)?.pending.values() ?? [];
    this.#targets.delete(id);
    for (const { socket } of pending) this.deal(socket);
  }

  /** A worker reports how many connections it has. */
  reported(id: number, connections: number): void {
    const target = this.#targets.get(id);
    if (target !== undefined) target.connections = connections + target.pending.size;
  }

  /** A worker has seen all offers up to a number, and has left those that came too late. */
  took(id: number, upTo: number, late: readonly number[]): void {
    const target = this.#targets.get(id);
    if (target === undefined) return;
    for (const [number, { socket }] of target.pending) {
      if (number > upTo) return;
      target.pending.delete(number);
      if (late.includes(number)) this.deal(socket);
      else socket.destroy();
    }
  }

  /**
   * Takes back what workers have not taken in time, if there is one that would. Called after messages of
   * workers have been read.
   */
  recall(now = monotonicMs()): void {
    const isAnybodyPrompt = [...this.#targets.values()].some((target) => target.accepts && isPrompt(target));
    if (!isAnybodyPrompt) return;
    const lapsed: Socket[] = [];
    for (const { pending } of this.#targets.values()) {
      for (const [number, { socket, sentAt }] of pending) {
        if (now - sentAt < REDEAL_AFTER_MS) break;
        pending.delete(number);
        lapsed.push(socket);
      }
    }
    for (const socket of lapsed) this.deal(socket);
  }

  /** Gives a connection to a worker, or keeps it until there is one. */
  deal(socket: Socket): void {
    if (socket.destroyed) return;
    const now = monotonicMs();
    const target = this.#choose(now);
    if (target === undefined) {
      this.#wait(socket);
      return;
    }
    const offer = { number: ++target.offers, takeUntil: now + OFFER_MS };
    target.pending.set(offer.number, { socket, sentAt: now });
    target.connections += 1;
    target.send(socket, offer);
  }

  /** Closes what waits. */
  close(): void {
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }

  #wait(socket: Socket): void {
    if (this.#waiting.length >= MAX_WAITING) socket.destroy();
    else this.#waiting.push(socket);
  }

  /** Fewest connections among those that respond best; in turn where there is no difference. */
  #choose(now: number): Target | undefined {
    const targets = [...this.#targets.values()].filter(({ accepts }) => accepts);
    const prompt = targets.filter(isPrompt);
    const responsive = prompt.length > 0 ? prompt : targets.filter((target) => isResponsive(target, now));
    const candidates = responsive.length > 0 ? responsive : targets;
    this.#turn += 1;
    let best: Target | undefined;
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[(index + this.#turn) % candidates.length] as Target;
      if (best === undefined || candidate.connections < best.connections) best = candidate;
    }
    return best;
  }
}

function isPrompt({ pending }: Target): boolean {
  return pending.size === 0;
}

function isResponsive({ pending }: Target, now: number): boolean {
  const [oldest] = pending.values();
  return oldest === undefined || now - oldest.sentAt < RESPONSIVE_MS;
}

/** A clock that all processes of the machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
