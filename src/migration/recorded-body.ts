// A body that is remembered up to a limit while somebody else reads it: to compare it afterwards, or to send it
// again. Nothing is read ahead of the reader, and nothing is held back from it.

import { joinChunks } from "../http/join-chunks.ts";

/** How reading ended: at the end of the body, or before it. */
export type BodyEnd = "complete" | "broken";

/** Remembers one body. */
export class RecordedBody {
  /** The body for its reader. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Settles when the body has ended, its source has failed, or its reader has left. */
  readonly ended: Promise<BodyEnd>;
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  #maxBytes: number;
  #chunks: Uint8Array[] | undefined = [];
  #length = 0;
  #end: BodyEnd | undefined;
  #reading: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  #settle!: (end: BodyEnd) => void;
  readonly #keepsSource: boolean;

  /** With `keepsSource` a reader that leaves does not cancel the source: it may be read again. */
  constructor(
    source: ReadableStream<Uint8Array>,
    maxBytes: number,
    { keepsSource = false }: { keepsSource?: boolean } = {},
  ) {
    this.#source = source.getReader();
    this.#maxBytes = maxBytes;
    this.#keepsSource = keepsSource;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: async (reason) => {
          this.#finish("broken");
          if (!this.#keepsSource) await this.#source.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** All bytes, once the body has ended well; undefined before, and if they are too many. */
  bytes(): Uint8Array | undefined {
    return this.#end === "complete" && this.#chunks !== undefined ? joinChunks(this.#chunks) : undefined;
  }

  /** Remembers nothing from now on. */
  forget(): void {
    this.#chunks = undefined;
  }

  /** The body from its beginning, for one second reader; undefined if it was too long to be remembered. */
  again(): ReadableStream<Uint8Array> | undefined {
    const chunks = this.#chunks;
    if (chunks === undefined) return undefined;
    // From here on a chunk is kept only until it is read.
    this.#maxBytes = Number.POSITIVE_INFINITY;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          // What the first reader has asked for and not waited for arrives among the chunks.
          if (chunks.length === 0 && this.#end !== "complete") await this.#read();
          const chunk = chunks.shift();
          if (chunk !== undefined) controller.enqueue(chunk);
          else controller.close();
        },
        cancel: (reason) => this.#source.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { done, value } = await this.#read();
    // The reader may have left meanwhile.
    if (this.#end === "broken") return;
    if (done) controller.close();
    else controller.enqueue(value);
  }

  /** One read at a time, shared by whoever waits for it. */
  #read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    this.#reading ??= this.#readSource().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readSource(): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      const result = await this.#source.read();
      if (result.done) this.#finish("complete");
      else this.#remember(result.value);
      return result;
    } catch (error) {
      this.#finish("broken");
      throw error;
    }
  }

  #remember(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#length > this.#maxBytes) this.#chunks = undefined;
    else this.#chunks?.push(chunk);
  }

  #finish(end: BodyEnd): void {
    this.#end ??= end;
    this.#settle(this.#end);
  }
}
