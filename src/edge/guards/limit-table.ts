// Leaky buckets: how many requests of a key may pass, and when is the turn of the next? Each key holds one number,
// the time at which its bucket is empty (the generic cell rate algorithm, ITU-T I.371). Tables are bounded.

import type { LimitCounters, LimitEntry, LimitRule, LimitVerdict } from "../../contract/limit-counters.ts";
import type { Clock } from "../../contract/platform.ts";

interface Waiter {
  dueAt: number;
  timer: ReturnType<typeof setTimeout>;
  release(verdict: LimitVerdict): void;
}

/** What is known of a key. */
interface Bucket {
  /** When it will be empty, in monotonic milliseconds. */
  emptyAt: number;
  /** Requests that have passed and are not over. */
  open: number;
  /** In the order of their turns. */
  waiters: Waiter[];
}

/** Sums of intervals are not exact; a request that comes on time must not be early by a rounding error. */
const TOLERANCE_MS = 1e-6;
/** Nobody knows when a connection ends. */
const RETRY_CONNECTION_MS = 1_000;

export interface LimitTableOptions {
  clock: Pick<Clock, "monotonic">;
  /** Whether those behind one who leaves move up. Not where a request must not touch another one's timers. */
  movesUp?: boolean;
}

export class LimitTable implements LimitCounters {
  readonly #zones = new Map<string, RecentBuckets>();
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #movesUp: boolean;

  constructor({ clock, movesUp = true }: LimitTableOptions) {
    this.#clock = clock;
    this.#movesUp = movesUp;
  }

  /** Keys that are remembered. */
  get size(): number {
    return [...this.#zones.values()].reduce((sum, { size }) => sum + size, 0);
  }

  enter(rule: LimitRule, key: string): LimitEntry {
    const now = this.#clock.monotonic();
    const bucket = this.#find(rule, key, now);
    const refusal = refuse(rule, bucket, now);
    if (refusal !== undefined) return { verdict: Promise.resolve(refusal), leave() {} };
    const turnAt = Math.max(bucket.emptyAt, now);
    if (rule.intervalMs > 0) bucket.emptyAt = turnAt + rule.intervalMs;
    const pass = describePass(rule, bucket, now);
    if (rule.delays && turnAt - now > TOLERANCE_MS) return this.#wait(rule, bucket, turnAt, pass);
    return { verdict: Promise.resolve(pass), leave: hold(rule, bucket) };
  }

  #wait(rule: LimitRule, bucket: Bucket, dueAt: number, pass: LimitVerdict): LimitEntry {
    const { promise, resolve } = Promise.withResolvers<LimitVerdict>();
    const waiter: Waiter = { dueAt, release: resolve, timer: setTimeout(() => {}, 0) };
    // One who waits has a connection, too.
    const release = hold(rule, bucket);
    bucket.waiters.push(waiter);
    this.#arm(bucket, waiter, pass);
    const leave = () => {
      release();
      const index = bucket.waiters.indexOf(waiter);
      if (index < 0) return;
      clearTimeout(waiter.timer);
      bucket.waiters.splice(index, 1);
      resolve({ kind: "left" });
      if (this.#movesUp) this.#moveUp(rule, bucket, index, pass);
    };
    return { verdict: promise, leave };
  }

  #arm(bucket: Bucket, waiter: Waiter, pass: LimitVerdict): void {
    clearTimeout(waiter.timer);
    const remainingMs = waiter.dueAt - this.#clock.monotonic();
    waiter.timer = setTimeout(
      () => {
        // Timers may be early by a fraction of a millisecond.
        if (waiter.dueAt - this.#clock.monotonic() >= 1) return this.#arm(bucket, waiter, pass);
        bucket.waiters.splice(bucket.waiters.indexOf(waiter), 1);
        waiter.release(pass);
      },
      Math.max(0, Math.ceil(remainingMs)),
    );
  }

  /** The turn of one who left goes to the next, and so on. */
  #moveUp({ intervalMs }: LimitRule, bucket: Bucket, from: number, pass: LimitVerdict): void {
    bucket.emptyAt -= intervalMs;
    for (const waiter of bucket.waiters.slice(from)) {
      waiter.dueAt -= intervalMs;
      this.#arm(bucket, waiter, pass);
    }
  }

  #find({ zone, maxKeys }: LimitRule, key: string, now: number): Bucket {
    const buckets = this.#zones.get(zone) ?? new RecentBuckets();
    this.#zones.set(zone, buckets);
    return buckets.find(key, maxKeys, now);
  }
}

/**
 * The buckets of a zone in two generations: what is asked for is in the young one, and when that has half of all
 * that may be remembered, the old one is forgotten. Each key costs the same, however many strangers come.
 */
class RecentBuckets {
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(key: string, maxKeys: number, now: number): Bucket {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const bucket = this.#old.get(key) ?? { emptyAt: now, open: 0, waiters: [] };
    this.#old.delete(key);
    const half = Math.max(1, Math.floor(maxKeys / 2));
    if (this.#young.size >= half) this.#forget(half);
    this.#young.set(key, bucket);
    return bucket;
  }

  /** What is in use stays, up to half of the room. */
  #forget(half: number): void {
    const used = [...this.#old].filter(([, { open, waiters }]) => open > 0 || waiters.length > 0);
    this.#old = this.#young;
    this.#young = new Map(used.slice(0, Math.floor(half / 2)));
  }
}

function refuse(rule: LimitRule, { emptyAt, open }: Bucket, now: number): LimitVerdict | undefined {
  if (rule.connections > 0 && open >= rule.connections) {
    return { kind: "refused", by: "connections", retryMs: RETRY_CONNECTION_MS };
  }
  const retryMs = emptyAt - now - rule.burst * rule.intervalMs;
  if (rule.intervalMs === 0 || retryMs <= TOLERANCE_MS) return undefined;
  return { kind: "refused", by: "rate", retryMs };
}

function describePass({ intervalMs, burst }: LimitRule, { emptyAt }: Bucket, now: number): LimitVerdict {
  if (intervalMs === 0) return { kind: "pass", remaining: 0, resetMs: 0 };
  const resetMs = emptyAt - now;
  const remaining = Math.max(0, Math.floor((burst * intervalMs - resetMs + TOLERANCE_MS) / intervalMs) + 1);
  return { kind: "pass", remaining, resetMs };
}

/** Takes a place among the requests that are open; returns what gives it back. */
function hold({ connections }: LimitRule, bucket: Bucket): () => void {
  if (connections === 0) return () => {};
  bucket.open += 1;
  let isHeld = true;
  return () => {
    if (isHeld) bucket.open -= 1;
    isHeld = false;
  };
}
