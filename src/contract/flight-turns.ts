// The port between processes that share a store of answers: which of them asks the origin for a key.

/** What a request to the origin came to, for the other processes: `kept` is in the store now. */
export type TurnVerdict = "kept" | "unshared" | "failed";

/**
 * It is this process's turn, which `release` ends, and another has just had one if the answer `mayBeKept`; or it was
 * another's, and that is over.
 */
export type Turn =
  | { kind: "own"; mayBeKept: boolean; release(verdict: TurnVerdict): void }
  | { kind: "others"; verdict: TurnVerdict | "overdue" };

/** Deals out turns: for each key one process at a time. */
export interface FlightTurns {
  /** Waits for `limitMs` at most, and no longer than anybody wants the answer. Never rejects. */
  take(key: string, signal: AbortSignal, limitMs: number): Promise<Turn>;
}
