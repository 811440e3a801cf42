// A body in chunks, taken apart strictly. RFC 9112 §7.1; extensions and trailers are read over.

/** The bytes are no chunked body. */
export class MalformedBodyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedBodyError";
  }
}

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const TAB = 0x09;
const SPACE = 0x20;
const DELETE = 0x7f;

/** More digits make a number that JavaScript cannot count. */
const MAX_SIZE_DIGITS = 12;
/** Of extensions in a whole body, and of trailers: nobody sees either. */
const MAX_UNSEEN_BYTES = 16 * 1024;

type State =
  | "size"
  | "extension"
  | "size-end"
  | "data"
  | "data-cr"
  | "data-lf"
  | "line"
  | "trailer"
  | "line-lf"
  | "over";

/** Takes bytes as they come. */
export class ChunkedDecoder {
  #state: State = "size";
  #size = 0;
  #digits = 0;
  #unseen = 0;
  /** Whether the line of the trailer section that is being read has anything in it. */
  #lineLength = 0;

  /** Whether the end has come. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /**
   * Gives the data in `bytes` to `take`, and returns where it stopped: behind the end of the body, or behind all of
   * them. Throws a MalformedBodyError.
   */
  push(bytes: Uint8Array, start: number, take: (data: Uint8Array) => void): number {
    let at = start;
    while (at < bytes.length && this.#state !== "over") {
      if (this.#state === "data") {
        const end = Math.min(bytes.length, at + this.#size);
        take(bytes.subarray(at, end));
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = "data-cr";
      } else {
        this.#step(bytes[at] as number);
        at += 1;
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case "size":
        this.#readSize(byte);
        return;
      case "extension":
        if (byte === CR) this.#state = "size-end";
        else this.#passOver(byte);
        return;
      case "size-end":
        expect(byte, LF);
        this.#state = this.#size === 0 ? "line" : "data";
        this.#digits = 0;
        return;
      case "data-cr":
        expect(byte, CR);
        this.#state = "data-lf";
        return;
      case "data-lf":
        expect(byte, LF);
        this.#state = "size";
        return;
      case "line":
      case "trailer":
        this.#readTrailer(byte);
        return;
      case "line-lf":
        expect(byte, LF);
        this.#state = this.#lineLength === 0 ? "over" : "line";
        this.#lineLength = 0;
        return;
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) throw new MalformedBodyError("A chunk is too large");
      this.#size = this.#size * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw new MalformedBodyError("A chunk has no size");
    if (byte === CR) this.#state = "size-end";
    else if (byte === SEMICOLON) this.#state = "extension";
    else throw new MalformedBodyError("The size of a chunk is malformed");
  }

  #readTrailer(byte: number): void {
    if (byte === CR) {
      this.#state = "line-lf";
      return;
    }
    this.#state = "trailer";
    this.#lineLength += 1;
    this.#passOver(byte);
  }

  #passOver(byte: number): void {
    if ((byte < SPACE && byte !== TAB) || byte === DELETE)
      throw new MalformedBodyError("A chunk has a control character beside its data");
    this.#unseen += 1;
    if (this.#unseen > MAX_UNSEEN_BYTES)
      throw new MalformedBodyError("A chunked body has too much beside its data");
  }
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw new MalformedBodyError("A line of a chunked body does not end as it must");
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
