// A request body on its way to a server: read only when the server takes it, so that it can go to another one as
// long as nobody has, and each wait for the server is limited while a slow client's is not. The beginning of what may
// be sent twice is held, so that a small body can go to another server even then.

import type { Deadlines } from "./deadlines.ts";

/** Bytes of a body that are held; longer ones cannot be sent again once they were read from. */
const MAX_HELD_BYTES = 64 * 1024;

/** A body that can be read from the beginning again, as long as everything that was read is held. */
export class RepeatableBody {
  readonly #source: ReadableStream<Uint8Array>;
  readonly #maxHeldBytes: number;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Chunks that are gone from the beginning. */
  #dropped = 0;
  #isHolding = true;
  #hasEnded = false;
  #failure: { error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  #cancelled: { reason: unknown } | undefined;
  #isSettled = false;

  /** `mayRepeat`: sending the request twice is the same as once. */
  constructor(source: ReadableStream<Uint8Array>, mayRepeat: boolean) {
    this.#source = source;
    this.#maxHeldBytes = mayRepeat ? MAX_HELD_BYTES : 0;
  }

  /** Whether another server can still be sent everything. */
  get canRepeat(): boolean {
    return this.#isHolding;
  }

  /** The chunk at a place; undefined at the end. */
  async read(index: number): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#held[index - this.#dropped];
      if (chunk !== undefined) return this.#isHolding ? chunk.slice() : this.#take(index);
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#hasEnded) return undefined;
      await this.#advance();
    }
  }

  /** One attempt does not want the rest. */
  cancel(reason: unknown): void {
    this.#cancelled = { reason };
    if (this.#isSettled) void this.#reader?.cancel(reason);
  }

  /** There will be no other attempt. */
  settle(): void {
    this.#isSettled = true;
    this.#isHolding = false;
    if (this.#cancelled !== undefined) void this.#reader?.cancel(this.#cancelled.reason);
  }

  #take(index: number): Uint8Array {
    const taken = this.#held.splice(0, index - this.#dropped + 1);
    this.#dropped = index + 1;
    return taken.at(-1) as Uint8Array;
  }

  /** Waits for the next chunk; an attempt that was given up may be waiting for it too. */
  #advance(): Promise<void> {
    this.#reading ??= this.#readNext().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNext(): Promise<void> {
    this.#reader ??= this.#source.getReader();
    if (this.#maxHeldBytes === 0) this.#isHolding = false;
    try {
      const { done, value } = await this.#reader.read();
      if (done) {
        this.#hasEnded = true;
        return;
      }
      this.#held.push(value);
      this.#heldBytes += value.byteLength;
      if (this.#heldBytes > this.#maxHeldBytes) this.#isHolding = false;
    } catch (error) {
      this.#failure = { error };
    }
  }
}

/** A body for one attempt. */
export function openBody(
  body: RepeatableBody | undefined,
  deadlines: Deadlines,
): ReadableStream<Uint8Array> | null {
  if (body === undefined) return null;
  let next = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        deadlines.rest();
        const chunk = await body.read(next);
        next += 1;
        deadlines.await("idle");
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (reason) => body.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
