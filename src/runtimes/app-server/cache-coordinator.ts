// What do the caches of the workers settle through the master? Purges, which reach all of them, and turns at the
// origin: of workers that want the same answer one asks, and the others find it in the store that they share.

import type { CacheOrder } from "../../contract/cache-order.ts";
import type { TurnVerdict } from "../../contract/flight-turns.ts";
import type { PurgeOutcome } from "../../contract/purge-outcome.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import type { CacheRequest, MasterMessage, WorkerMessage } from "./messages.ts";

type Send = (message: MasterMessage) => void;

interface OpenOrder {
  waitsFor: Set<number>;
  removed: number;
  settle(): void;
}

interface OpenTurn {
  holder: number;
  takenAtMs: number;
  waiting: { worker: number; ticket: number }[];
}

/** A worker whose event loop is stuck must not hold up the others' answer for longer. */
const ORDER_LIMIT_MS = 5_000;
/** Whoever has not ended its turn by then has lost it. */
const TURN_LIMIT_MS = 60_000;
/** A worker that has found nothing asks for its turn within this time. */
const RECENT_MS = 5_000;

export class CacheCoordinator {
  readonly #members = new Map<number, Send>();
  readonly #orders = new Map<number, OpenOrder>();
  readonly #turns = new Map<string, OpenTurn>();
  /** Keys whose answer has just been kept, and when, the oldest first. */
  readonly #recent = new Map<string, number>();
  readonly #now: () => number;
  #lastTicket = 0;
  /** Told of every purge that somebody here has asked for. */
  onPurge: (selection: PurgeSelection) => void = () => undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** From now on the worker hears of everything. */
  join(worker: number, send: Send): void {
    this.#members.set(worker, send);
  }

  /** It has ended: nobody waits for it any more. */
  leave(worker: number): void {
    this.#members.delete(worker);
    for (const order of this.#orders.values()) this.#answered(order, worker, 0);
    for (const [key, turn] of this.#turns) {
      turn.waiting = turn.waiting.filter((waiter) => waiter.worker !== worker);
      if (turn.holder === worker) this.#endTurn(key, worker, "failed");
    }
  }

  /** Takes a worker's message if it is about the cache. */
  hear(worker: number, message: WorkerMessage): message is CacheRequest {
    switch (message.kind) {
      case "cache-done":
        this.#heardAnswer(worker, message.ticket, message.removed);
        return true;
      case "cache-order":
        void this.#passOn(worker, message.ticket, message.order);
        return true;
      case "take-turn":
        this.#takeTurn(worker, message.ticket, message.key);
        return true;
      case "end-turn":
        this.#endTurn(message.key, worker, message.verdict);
        return true;
      default:
        return false;
    }
  }

  /** Purges in every worker, and tells whoever listens for it. */
  purge(selection: PurgeSelection): Promise<PurgeOutcome> {
    this.onPurge(selection);
    return this.purgeHere(selection);
  }

  /** Purges in every worker. */
  purgeHere(selection: PurgeSelection): Promise<PurgeOutcome> {
    return this.#order({ kind: "purge", selection }, [...this.#members.keys()]);
  }

  async #passOn(worker: number, ticket: number, order: CacheOrder): Promise<void> {
    const outcome =
      order.kind === "purge"
        ? await this.purge(order.selection)
        : await this.#order(
            order,
            [...this.#members.keys()].filter((id) => id !== worker),
          );
    this.#members.get(worker)?.({ kind: "cache-done", ticket, removed: outcome.removed });
  }

  #order(order: CacheOrder, workers: readonly number[]): Promise<PurgeOutcome> {
    const ticket = ++this.#lastTicket;
    return new Promise((resolve) => {
      const open: OpenOrder = {
        waitsFor: new Set(workers),
        removed: 0,
        settle: () => {
          clearTimeout(timer);
          this.#orders.delete(ticket);
          resolve({ removed: open.removed, processes: workers.length, late: open.waitsFor.size });
        },
      };
      const timer = setTimeout(open.settle, ORDER_LIMIT_MS);
      this.#orders.set(ticket, open);
      for (const worker of workers) this.#members.get(worker)?.({ kind: "cache-order", ticket, order });
      if (workers.length === 0) open.settle();
    });
  }

  #heardAnswer(worker: number, ticket: number, removed: number): void {
    const order = this.#orders.get(ticket);
    if (order !== undefined) this.#answered(order, worker, removed);
  }

  #answered(order: OpenOrder, worker: number, removed: number): void {
    if (!order.waitsFor.delete(worker)) return;
    order.removed += removed;
    if (order.waitsFor.size === 0) order.settle();
  }

  #takeTurn(worker: number, ticket: number, key: string): void {
    const turn = this.#turns.get(key);
    if (turn !== undefined && this.#now() - turn.takenAtMs < TURN_LIMIT_MS) {
      turn.waiting.push({ worker, ticket });
      return;
    }
    const waiting = turn?.waiting ?? [];
    this.#turns.set(key, { holder: worker, takenAtMs: this.#now(), waiting });
    this.#members.get(worker)?.({ kind: "turn", ticket, mayBeKept: this.#recent.has(key) });
  }

  #endTurn(key: string, worker: number, verdict: TurnVerdict): void {
    const turn = this.#turns.get(key);
    if (turn?.holder !== worker) return;
    this.#turns.delete(key);
    this.#forgetOld();
    if (verdict === "kept") {
      this.#recent.delete(key);
      this.#recent.set(key, this.#now());
    }
    for (const waiter of turn.waiting) {
      this.#members.get(waiter.worker)?.({ kind: "turn", ticket: waiter.ticket, verdict });
    }
  }

  #forgetOld(): void {
    const before = this.#now() - RECENT_MS;
    for (const [key, atMs] of this.#recent) {
      if (atMs > before) return;
      this.#recent.delete(key);
    }
  }
}
