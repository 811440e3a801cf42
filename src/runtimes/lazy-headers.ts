// The fields of an incoming request: one of them is found without making a Headers object of all.
// Fetch standard, "Headers class".

const NativeHeaders = globalThis.Headers;
const NAME = /^[!#$%&'*+\-.^_`|~\da-z]+$/;

/** Where the fields are; not asked any more once there is a Headers object. */
export interface FieldSource {
  /** The value of one, in lower case, lines joined as Headers joins them. */
  find(name: string): string | null;
  /** All of them, as iterating over a Headers object gives them: in order of name, lines joined. */
  list(): [name: string, value: string][];
}

export class LazyHeaders {
  readonly #source: FieldSource;
  #native: Headers | undefined;

  constructor(source: FieldSource) {
    this.#source = source;
  }

  get(name: string): string | null {
    if (this.#native !== undefined) return this.#native.get(name);
    const wanted = String(name).toLowerCase();
    // Whoever asks for what is no name gets the platform's error.
    return NAME.test(wanted) ? this.#source.find(wanted) : this.#toNative().get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  append(name: string, value: string): void {
    this.#toNative().append(name, value);
  }

  delete(name: string): void {
    this.#toNative().delete(name);
  }

  set(name: string, value: string): void {
    this.#toNative().set(name, value);
  }

  getSetCookie(): string[] {
    return this.#toNative().getSetCookie();
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, receiver?: unknown): void {
    for (const [name, value] of this) callback.call(receiver, value, name, this as unknown as Headers);
  }

  entries(): HeadersIterator<[string, string]> {
    if (this.#native !== undefined) return this.#native.entries();
    return this.#source.list().values() as HeadersIterator<[string, string]>;
  }

  keys(): HeadersIterator<string> {
    return this.#toNative().keys();
  }

  values(): HeadersIterator<string> {
    return this.#toNative().values();
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.entries();
  }

  /** What consoles show. */
  [Symbol.for("nodejs.util.inspect.custom")](): Headers {
    return this.#toNative();
  }

  #toNative(): Headers {
    this.#native ??= new NativeHeaders(this.#source.list());
    return this.#native;
  }
}

Object.setPrototypeOf(LazyHeaders.prototype, NativeHeaders.prototype);
