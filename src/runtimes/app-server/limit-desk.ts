// The counts of a site with several workers are kept by their master, so that a limit means the site, whichever
// worker a connection came to. This is the master's side; it has numbers and keys only.

import type { LimitCounters, LimitEntry } from "../../contract/limit-counters.ts";
import type { LimitAsk, MasterMessage } from "./messages.ts";

type Verdicts = (MasterMessage & { kind: "limits" })["verdicts"];

/** What one worker has asked for. */
export class LimitDesk {
  readonly #counters: LimitCounters;
  readonly #answer: (message: MasterMessage) => void;
  /** Entries that the worker will leave, by its own numbers. */
  readonly #entries = new Map<number, LimitEntry>();
  #verdicts: Verdicts = [];

  constructor(counters: LimitCounters, answer: (message: MasterMessage) => void) {
    this.#counters = counters;
    this.#answer = answer;
  }

  /** Reads what has come together in one turn of the worker's event loop. */
  serve(asks: readonly LimitAsk[], left: readonly number[]): void {
    for (const number of left) this.#leave(number);
    for (const [number, rule, key] of asks) {
      const entry = this.#counters.enter(rule, key);
      this.#entries.set(number, entry);
      void entry.verdict.then((verdict) => {
        // Whoever holds no place will not say that it leaves.
        if (rule.connections === 0 || verdict.kind !== "pass") this.#entries.delete(number);
        this.#tell([number, verdict]);
      });
    }
  }

  /** The worker is gone, and with it all its requests. */
  close(): void {
    for (const { leave } of this.#entries.values()) leave();
    this.#entries.clear();
  }

  #leave(number: number): void {
    this.#entries.get(number)?.leave();
    this.#entries.delete(number);
  }

  #tell(verdict: Verdicts[number]): void {
    this.#verdicts.push(verdict);
    if (this.#verdicts.length > 1) return;
    setImmediate(() => {
      const verdicts = this.#verdicts;
      this.#verdicts = [];
      this.#answer({ kind: "limits", verdicts });
    });
  }
}
