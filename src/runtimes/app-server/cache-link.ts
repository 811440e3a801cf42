// A worker's end of what the caches of all workers settle through the master.

import type { SharedCache } from "../../cache/shared-cache.ts";
import type { CacheOrder } from "../../contract/cache-order.ts";
import type { FlightTurns, Turn, TurnVerdict } from "../../contract/flight-turns.ts";
import { processCache } from "../process-cache.ts";
import type { CacheNotice, MasterMessage, WorkerMessage } from "./messages.ts";

/** An order that the master does not confirm has been given, but nobody waits for it any longer. */
const ORDER_LIMIT_MS = 6_000;

export class CacheLink implements FlightTurns {
  readonly #say: (message: WorkerMessage) => unknown;
  readonly #cache: () => Pick<SharedCache, "purge" | "forget">;
  readonly #turns = new Map<number, (verdict: TurnVerdict | undefined, mayBeKept: boolean) => void>();
  readonly #orders = new Map<number, (removed: number) => void>();
  #lastTicket = 0;

  constructor(
    say: (message: WorkerMessage) => unknown,
    cache: () => Pick<SharedCache, "purge" | "forget"> = processCache,
  ) {
    this.#say = say;
    this.#cache = cache;
  }

  /** Takes the master's message if it is about the cache. */
  hear(message: MasterMessage): message is CacheNotice {
    switch (message.kind) {
      case "cache-order":
        void this.#obey(message.ticket, message.order);
        return true;
      case "cache-done":
        this.#orders.get(message.ticket)?.(message.removed);
        return true;
      case "turn":
        this.#turns.get(message.ticket)?.(message.verdict, message.mayBeKept ?? false);
        return true;
      default:
        return false;
    }
  }

  /** Has something done in all workers; resolves with how many answers that has removed. */
  order(order: CacheOrder): Promise<number> {
    const ticket = ++this.#lastTicket;
    return new Promise((resolve) => {
      const settle = (removed: number) => {
        clearTimeout(timer);
        this.#orders.delete(ticket);
        resolve(removed);
      };
      const timer = setTimeout(settle, ORDER_LIMIT_MS, 0);
      this.#orders.set(ticket, settle);
      this.#say({ kind: "cache-order", ticket, order });
    });
  }

  take(key: string, signal: AbortSignal, limitMs: number): Promise<Turn> {
    const ticket = ++this.#lastTicket;
    return new Promise((resolve) => {
      let hasGivenUp = false;
      const settle = (turn: Turn) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        resolve(turn);
      };
      const giveUp = () => {
        hasGivenUp = true;
        settle({ kind: "others", verdict: "overdue" });
      };
      const timer = setTimeout(giveUp, limitMs);
      signal.addEventListener("abort", giveUp, { once: true });
      this.#turns.set(ticket, (verdict, mayBeKept) => {
        this.#turns.delete(ticket);
        if (verdict !== undefined) settle({ kind: "others", verdict });
        else if (hasGivenUp) this.#release(key, "failed");
        else settle({ kind: "own", mayBeKept, release: (outcome) => this.#release(key, outcome) });
      });
      this.#say({ kind: "take-turn", ticket, key });
    });
  }

  #release(key: string, verdict: TurnVerdict): void {
    this.#say({ kind: "end-turn", key, verdict });
  }

  async #obey(ticket: number, order: CacheOrder): Promise<void> {
    const cache = this.#cache();
    const done = order.kind === "purge" ? cache.purge(order.selection) : cache.forget(order.keys);
    // A store that fails is logged by those who use it; what is purged is out of sight in any case.
    const removed = await done.catch(() => 0);
    this.#say({ kind: "cache-done", ticket, removed });
  }
}
