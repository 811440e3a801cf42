// A worker's side of counts that are kept by its master. What is asked in one turn of the event loop goes in one
// message.

import type { LimitCounters, LimitEntry, LimitRule, LimitVerdict } from "../../contract/limit-counters.ts";
import type { LimitAsk, MasterMessage, WorkerMessage } from "./messages.ts";

export class SharedLimits implements LimitCounters {
  readonly #say: (message: WorkerMessage) => void;
  readonly #waiting = new Map<number, (verdict: LimitVerdict) => void>();
  #asks: LimitAsk[] = [];
  #left: number[] = [];
  #last = 0;
  #isQueued = false;

  constructor(say: (message: WorkerMessage) => void) {
    this.#say = say;
  }

  enter(rule: LimitRule, key: string): LimitEntry {
    const number = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<LimitVerdict>();
    this.#waiting.set(number, resolve);
    this.#asks.push([number, rule, key]);
    this.#queue();
    let isIn = true;
    const leave = () => {
      const isWaiting = this.#waiting.delete(number);
      if (!isIn || (!isWaiting && rule.connections === 0)) return;
      isIn = false;
      resolve({ kind: "left" });
      this.#left.push(number);
      this.#queue();
    };
    return { verdict: promise, leave };
  }

  /** The master has decided. */
  hear({ verdicts }: MasterMessage & { kind: "limits" }): void {
    for (const [number, verdict] of verdicts) {
      this.#waiting.get(number)?.(verdict);
      this.#waiting.delete(number);
    }
  }

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    setImmediate(() => {
      const [asks, left] = [this.#asks, this.#left];
      [this.#asks, this.#left, this.#isQueued] = [[], [], false];
      this.#say({ kind: "limits", asks, left });
    });
  }
}
