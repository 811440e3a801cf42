// The fields of an incoming request: one of them is found without making a Headers object of all.
// Fetch standard, "Headers class".

import { UNSORTED_FIELDS } from "../contract/unsorted-fields.ts";
import { isFieldName } from "../http/field-lines.ts";

const NativeHeaders = globalThis.Headers;

/** Where the fields are; not asked any more once there is a Headers object. */
export interface FieldSource {
  /** The value of one, in lower case, lines joined as Headers joins them. */
  find(name: string): string | null;
  /** All of them, lines joined as Headers joins them, in no order. */
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
    if (isFieldName(name)) return this.#source.find(name);
    const wanted = String(name).toLowerCase();
    // Whoever asks for what is no name gets the platform's error.
    return isFieldName(wanted) ? this.#source.find(wanted) : this.#toNative().get(name);
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
    return this.#source.list().sort(byName).values() as HeadersIterator<[string, string]>;
  }

  [UNSORTED_FIELDS](): Iterable<[string, string]> {
    return this.#native ?? this.#source.list();
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

/** As iterating over a Headers object gives them; lines of Set-Cookie stay in their order. */
function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

Object.setPrototypeOf(LazyHeaders.prototype, NativeHeaders.prototype);
