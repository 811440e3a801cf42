// Bytes between a connection that pushes and a reader that pulls: tells the connection when to wait.

import type { BodySource } from "../../contract/transport.ts";
import { joinChunks } from "../../http/join-chunks.ts";
import { giveBack } from "./chunk-memory.ts";

/** The connection's side: stop and go on, or give up. */
export interface ChunkSource {
  pause(): void;
  resume(): void;
  /** The reader has gone. */
  abort(): void;
}

/** What may wait in the queue before the connection is paused. */
const HIGH_WATER_BYTES = 128 * 1024;
/** What a chunk costs beside its bytes: many tiny ones fill the queue, too. */
const CHUNK_OVERHEAD_BYTES = 64;
/** Places of chunks that were read are given back so many at a time: taking off the first of many moves the others. */
const COMPACT_AFTER = 1_024;

export class ChunkQueue implements BodySource {
  readonly #source: ChunkSource;
  readonly #chunks: Uint8Array[] = [];
  /** Where the next one is. */
  #next = 0;
  #bytes = 0;
  #isPaused = false;
  #isOver = false;
  #error: unknown;
  #hasFailed = false;
  #waiting: { resolve(chunk: Uint8Array | undefined): void; reject(error: unknown): void } | undefined;

  constructor(source: ChunkSource) {
    this.#source = source;
  }

  /** Whether the end has come and nothing has been read: the chunks are then the whole. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What waits to be read. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#waiting !== undefined) {
      this.#deliver(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length + CHUNK_OVERHEAD_BYTES;
    if (this.#bytes < HIGH_WATER_BYTES || this.#isPaused) return;
    this.#isPaused = true;
    this.#source.pause();
  }

  release(chunk: Uint8Array): void {
    giveBack(chunk);
  }

  end(): void {
    this.#isOver = true;
    if (this.#waiting !== undefined) this.#deliver(undefined);
  }

  fail(error: unknown): void {
    this.#hasFailed = true;
    this.#error = error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }

  /** All bytes, for a queue that is over. */
  takeAll(): Uint8Array {
    const all = joinChunks(this.#next === 0 ? this.#chunks : this.#chunks.slice(this.#next));
    this.#forget();
    return all;
  }

  /** What came before a failure is still delivered. */
  read(): Promise<Uint8Array | undefined> {
    const chunk = this.#chunks[this.#next];
    if (chunk !== undefined) {
      this.#next += 1;
      this.#bytes -= chunk.length + CHUNK_OVERHEAD_BYTES;
      if (this.#next === this.#chunks.length || this.#next === COMPACT_AFTER) {
        this.#chunks.splice(0, this.#next);
        this.#next = 0;
      }
      if (this.#isPaused && this.#bytes < HIGH_WATER_BYTES / 2) this.#resume();
      return Promise.resolve(chunk);
    }
    if (this.#hasFailed) return Promise.reject(this.#error);
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  cancel(): void {
    this.#forget();
    this.#source.abort();
  }

  #forget(): void {
    this.#chunks.length = 0;
    this.#next = 0;
    this.#bytes = 0;
  }

  #deliver(chunk: Uint8Array | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(chunk);
  }

  #resume(): void {
    this.#isPaused = false;
    this.#source.resume();
  }
}
