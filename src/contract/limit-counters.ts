// The port by which guards count: who may pass now, who has to wait, who is refused. Several processes of one
// site share the counts, so the answer may take a moment.

/** What a count obeys. Numbers only: it travels between processes. */
export interface LimitRule {
  zone: string;
  maxKeys: number;
  /** 0: any number at once. */
  connections: number;
  /** 0: as fast as they like. */
  intervalMs: number;
  burst: number;
  delays: boolean;
}

export type LimitVerdict =
  /** `remaining` further ones would pass now; after `resetMs` without any, all that may. */
  | { kind: "pass"; remaining: number; resetMs: number }
  /** `retryMs`: when the next one would pass. */
  | { kind: "refused"; by: "rate" | "connections"; retryMs: number }
  /** Left before its turn. */
  | { kind: "left" };

/** One request at a counter. */
export interface LimitEntry {
  /** Known when the request may go on, or must not. */
  verdict: Promise<LimitVerdict>;
  /** The request is over, or nobody waits for it any more: its place is free. Again it does nothing. */
  leave(): void;
}

export interface LimitCounters {
  enter(rule: LimitRule, key: string): LimitEntry;
}
