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

interface Connection {
  socket: Socket;
  /** Offers of it that nobody took in time. */
  lapses: number;
}

interface Pending {
  connection: Connection;
  sentAt: number;
  /** From when on the worker will certainly not take it. */
  lapsesAt: number;
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
/** How long a worker may take; twice as long each time it was too short, or workers that compute get nothing. */
const OFFER_MS = 250;
const MAX_DOUBLINGS = 6;
/** So much later the master gives an offer up: for the way of the message and a busy master. */
const GIVE_UP_AFTER_MS = 250;
/** Offers under way to one worker. It sees one in each turn of its event loop: the last would come too late. */
const MAX_OFFERS = 4;
/** Connections that wait while there is no worker; more would only be answered too late. */
const MAX_WAITING = 4_096;

export class ConnectionDealer {
  readonly #targets = new Map<number, Target>();
  readonly #waiting: Connection[] = [];
  #turn = 0;

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A worker is ready for connections. */
  add(id: number, send: SendConnection): void {
    this.#targets.set(id, { send, pending: new Map(), offers: 0, connections: 0, accepts: true });
    this.#dealWaiting();
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
    for (const { connection } of pending) this.#offer(connection);
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
    for (const [number, { connection }] of target.pending) {
      if (number > upTo) break;
      target.pending.delete(number);
      if (late.includes(number)) this.#offerAgain(connection);
      else connection.socket.destroy();
    }
    this.#dealWaiting();
  }

  /**
   * Takes back what workers have not taken in time, if there is one that would. Called after messages of
   * workers have been read.
   */
  recall(now = monotonicMs()): void {
    const isAnybodyPrompt = [...this.#targets.values()].some((target) => target.accepts && isPrompt(target));
    if (!isAnybodyPrompt) return;
    const lapsed: Connection[] = [];
    for (const { pending } of this.#targets.values()) {
      for (const [number, { connection, lapsesAt }] of pending) {
        if (now < lapsesAt) continue;
        pending.delete(number);
        lapsed.push(connection);
      }
    }
    for (const connection of lapsed) this.#offerAgain(connection);
    this.#dealWaiting();
  }

  /** Gives a connection to a worker, or keeps it until there is one with time for it. */
  deal(socket: Socket): void {
    this.#offer({ socket, lapses: 0 });
  }

  /** Closes what waits. */
  close(): void {
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
  }

  #offer(connection: Connection, isFirst = false): void {
    const { socket, lapses } = connection;
    if (socket.destroyed) return;
    const now = monotonicMs();
    const target = this.#choose(now);
    if (target === undefined) {
      this.#wait(connection, isFirst);
      return;
    }
    const takeUntil = now + OFFER_MS * 2 ** Math.min(lapses, MAX_DOUBLINGS);
    const offer = { number: ++target.offers, takeUntil };
    target.pending.set(offer.number, { connection, sentAt: now, lapsesAt: takeUntil + GIVE_UP_AFTER_MS });
    target.connections += 1;
    target.send(socket, offer);
  }

  /** What has waited in vain already does not line up at the end. */
  #offerAgain(connection: Connection): void {
    this.#offer({ ...connection, lapses: connection.lapses + 1 }, true);
  }

  #dealWaiting(): void {
    while (this.#waiting.length > 0 && [...this.#targets.values()].some(hasRoom)) {
      this.#offer(this.#waiting.shift() as Connection);
    }
  }

  #wait(connection: Connection, isFirst: boolean): void {
    if (this.#waiting.length >= MAX_WAITING) connection.socket.destroy();
    else if (isFirst) this.#waiting.unshift(connection);
    else this.#waiting.push(connection);
  }

  /** Fewest connections among those that respond best; in turn where there is no difference. */
  #choose(now: number): Target | undefined {
    const targets = [...this.#targets.values()].filter(hasRoom);
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

function hasRoom({ accepts, pending }: Target): boolean {
  return accepts && pending.size < MAX_OFFERS;
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
