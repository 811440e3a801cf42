// One body from the origin, many readers: each at its own pace, those who come later from the beginning.

export interface SharedBodyOptions {
  /** Held in memory at most: beyond it, the fastest reader waits for the slowest. */
  maxBytes: number;
  /** What Content-Length promises; a body of another length fails instead of ending. */
  expectedBytes: number | undefined;
}

/** Where a reader stands: the index of its next chunk, counted from the beginning. */
interface Reader {
  next: number;
}

/** Reads a stream once for any number of readers, as fast as the fastest of them wants it. */
export class SharedBody {
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: SharedBodyOptions;
  readonly #readers = new Set<Reader>();
  #chunks: Uint8Array[] = [];
  /** Index of the first chunk that is still held. */
  #firstIndex = 0;
  #heldBytes = 0;
  #totalBytes = 0;
  #hasEnded = false;
  #failure: { error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  #released: (() => void)[] = [];

  constructor(source: ReadableStream<Uint8Array>, options: SharedBodyOptions) {
    this.#source = source.getReader();
    this.#options = options;
  }

  /** Whether a reader that comes now still gets everything. */
  get isWhole(): boolean {
    return this.#totalBytes <= this.#options.maxBytes && this.#failure === undefined;
  }

  /** A stream of the whole body; only as long as it is whole. Cancelled by the last reader, the source ends. */
  open(): ReadableStream<Uint8Array> {
    const reader: Reader = { next: 0 };
    this.#readers.add(reader);
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(reader, controller),
        cancel: (reason) => this.#leave(reader, reason),
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(reader: Reader, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const chunk = this.#chunks[reader.next - this.#firstIndex];
      if (chunk !== undefined) {
        reader.next += 1;
        // A copy: whoever reads the stream may write into its chunks or give them away.
        controller.enqueue(chunk.slice());
        this.#release();
        return;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#hasEnded) return controller.close();
      await this.#advance();
    }
  }

  /** Waits for the next chunk, whichever reader asked first. */
  #advance(): Promise<void> {
    this.#reading ??= this.#readNext().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNext(): Promise<void> {
    while (this.#heldBytes > this.#options.maxBytes && this.#readers.size > 1) {
      await new Promise<void>((resolve) => this.#released.push(resolve));
    }
    try {
      const { done, value } = await this.#source.read();
      if (done) return this.#end();
      if (!(value instanceof Uint8Array)) throw new TypeError("A body stream must yield Uint8Array");
      this.#chunks.push(value);
      this.#heldBytes += value.byteLength;
      this.#totalBytes += value.byteLength;
      this.#release();
    } catch (error) {
      this.#failure = { error };
    }
  }

  #end(): void {
    const { expectedBytes } = this.#options;
    if (expectedBytes !== undefined && expectedBytes !== this.#totalBytes) {
      const message = `The origin sent ${this.#totalBytes} bytes of ${expectedBytes}`;
      this.#failure = { error: new TypeError(message) };
    } else this.#hasEnded = true;
  }

  /** Once nobody can come any more, drops what all readers have had. */
  #release(): void {
    if (this.isWhole) return;
    const slowest = Math.min(...[...this.#readers].map(({ next }) => next));
    while (this.#firstIndex < slowest && this.#chunks.length > 0) {
      this.#heldBytes -= (this.#chunks.shift() as Uint8Array).byteLength;
      this.#firstIndex += 1;
    }
    for (const resume of this.#released.splice(0)) resume();
  }

  async #leave(reader: Reader, reason: unknown): Promise<void> {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return this.#release();
    if (this.#hasEnded || this.#failure !== undefined) return;
    this.#failure = { error: new Error("Every reader of the answer has gone", { cause: reason }) };
    await this.#source.cancel(reason);
  }
}
