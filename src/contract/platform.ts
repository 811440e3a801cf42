// The ports: what the core asks of the runtime that carries it. Each runtime fills them in one file.

import type { LimitCounters } from "./limit-counters.ts";
import type { MigrationLedger } from "./migration.ts";
import type { AssetFile } from "./site.ts";
import type { Transport } from "./transport.ts";

/** A byte interval of a stored blob: `start` inclusive, `end` exclusive. */
export interface ByteInterval {
  start: number;
  end: number;
}

/** A content-addressed blob to read: a file itself or one of its precompressed variants. */
export interface BlobReference {
  hash: string;
  size: number;
  /** Manifest path of the file this is (a variant of), for stores that address by path. */
  path: string;
}

/** Where asset bytes live. Reads only what the manifest lists; never resolves request paths. */
export interface AssetStore {
  /**
   * The bytes of a blob, whole or an interval. Small blobs may come as an array, large ones stream;
   * cancelling the stream releases the file. Undefined: the blob is gone.
   */
  read(
    blob: BlobReference,
    interval?: ByteInterval,
  ): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined>;
}

/** Where a build's blobs are uploaded to: the writing side of a remote store. Failures are `StoreError`s. */
export interface AssetTarget {
  /**
   * Sizes by hash of those blobs that the target holds. All of them lie in one folder: their hashes begin
   * with the same two digits.
   */
  find(blobs: readonly BlobReference[]): Promise<ReadonlyMap<string, number>>;
  /** Uploads a blob; the target checks its SHA-256 if it can. It is there as a whole, or not at all. */
  put(blob: BlobReference, content: Blob, signal: AbortSignal): Promise<void>;
}

/** One finished request, as the access log sees it. */
export interface AccessRecord {
  requestId: string;
  method: string;
  /** Path and query as received. */
  target: string;
  status: number;
  /** Until the answer was sent, as far as the runtime tells. */
  durationMs: number;
  /** Of the body, as sent. */
  bytes: number;
  /** Whom trusted proxies name, else the peer. */
  clientAddress: string | undefined;
  /** Pattern of the route that answered, `static` for files. */
  route: string | undefined;
  /** The server of an upstream that answered. */
  upstream: string | undefined;
  /** What caches did, as the Cache-Status field says it (RFC 9211). */
  cache: string | undefined;
  /** Trace id of the request's traceparent. */
  trace: string | undefined;
  /** Which of several processes answered. */
  worker?: number;
  /** The name of the site, where a server has many. */
  site?: string;
}

/** Where log lines go. Implementations never throw. */
export interface LogSink {
  access(record: AccessRecord): void;
  /** `error` is logged with its (source-mapped) stack; it never reaches a client. */
  error(message: string, error: unknown, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** Time as a port, so that tests own it. Milliseconds. */
export interface Clock {
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Monotonic, ms. */
  monotonic(): number;
}

/** Everything a runtime gives the core. */
export interface Platform {
  runtime: "node" | "bun" | "deno" | "workers" | "memory";
  assets: AssetStore;
  log: LogSink;
  clock: Clock;
  /** How upstreams are reached; absent where there are none. */
  transport?: Transport;
  /** Counts that several processes share; absent where this one counts for itself. */
  limitCounters?: LimitCounters;
  /** Where comparisons of shadowed routes are counted; absent: in the log. */
  migrations?: MigrationLedger;
}

export type { AssetFile };
