// What a request to the origin came to, for those who waited for it.

import type { TurnVerdict } from "../contract/flight-turns.ts";
import type { StoredHead, StoredResponse } from "../contract/response-cache.ts";
import type { SharedBody } from "./shared-body.ts";

export type Outcome =
  /** A new answer that others may have, on its way. `body` is null where the status has none. */
  | { kind: "shared"; head: StoredHead; body: SharedBody | null }
  /** The kept answer is good again. */
  | { kind: "validated"; stored: StoredResponse }
  /** The origin failed and the kept answer stands in for it. */
  | { kind: "stood-in"; stored: StoredResponse; failureStatus: number | undefined }
  /** Another process that shares the store has got it. */
  | { kind: "found"; stored: StoredResponse }
  /** The answer is for one client only. */
  | { kind: "unshared" }
  /** Nobody could be reached. */
  | { kind: "failed"; error: unknown };

const VERDICTS: Record<Outcome["kind"], TurnVerdict> = {
  shared: "kept",
  validated: "kept",
  found: "kept",
  "stood-in": "failed",
  unshared: "unshared",
  failed: "failed",
};

/** What an outcome means for other processes. */
export function verdictOf({ kind }: Outcome): TurnVerdict {
  return VERDICTS[kind];
}
