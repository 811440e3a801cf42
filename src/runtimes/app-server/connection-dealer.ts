// Which worker gets a connection? The master accepts, the least busy worker that answers takes over. The master
// keeps its end of a connection until the worker has said so: what a dying worker had not read goes to another.

import type { Socket } from "node:net";

/** Sends a connection to a worker; the caller keeps its own end open. */
export type SendConnection = (socket: Socket) => void;

interface Target {
  send: SendConnection;
  /** Sent but not taken over yet, oldest first. */
  pending: { socket: Socket; sentAt: number }[];
  taken: number;
  /** Estimate between reports. */
  connections: number;
  accepts: boolean;
}

/** A worker that has not taken over what it got for this long is busy with something else. */
const RESPONSIVE_MS = 100;
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
    this.#targets.set(id, { send, pending: [], taken: 0, connections: 0, accepts: true });
    for (const socket of this.#waiting.splice(0)) this.deal(socket);
  }

  /** A worker gets no further connections; those on the way to it stay its own. */
  retire(id: number): void {
    const target = this.#targets.get(id);
    if (target !== undefined) target.accepts = false;
  }

  /** A worker is gone: what it had not taken over goes to others. */
  remove(id: number): void {
    const pending = this.#targets.get(id)?.pending ?? [];
    this.#targets.delete(id);
    for (const { socket } of pending) this.deal(socket);
  }

  /** A worker reports how many connections it has. */
  reported(id: number, connections: number): void {
    const target = this.#targets.get(id);
    if (target !== undefined) target.connections = connections + target.pending.length;
  }

  /** A worker has taken over this many connections since its start. */
  took(id: number, total: number): void {
    const target = this.#targets.get(id);
    if (target === undefined) return;
    for (const { socket } of target.pending.splice(0, Math.max(0, total - target.taken))) socket.destroy();
    target.taken = Math.max(target.taken, total);
  }

  /** Gives a connection to a worker, or keeps it until there is one. */
  deal(socket: Socket): void {
    if (socket.destroyed) return;
    const target = this.#choose();
    if (target === undefined) this.#wait(socket);
    else {
      target.pending.push({ socket, sentAt: performance.now() });
      target.connections += 1;
      target.send(socket);
    }
  }

  /** Closes what waits. */
  close(): void {
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }

  #wait(socket: Socket): void {
    if (this.#waiting.length >= MAX_WAITING) socket.destroy();
    else this.#waiting.push(socket);
  }

  /** Fewest connections among those that respond; in turn where there is no difference. */
  #choose(): Target | undefined {
    const targets = [...this.#targets.values()].filter(({ accepts }) => accepts);
    const now = performance.now();
    const responsive = targets.filter(({ pending: [first] }) => now - (first?.sentAt ?? now) < RESPONSIVE_MS);
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
