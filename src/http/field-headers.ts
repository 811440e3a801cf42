// The fields of an answer that is being made, as a Headers object over a plain list: most are set once and written once,
// which the platform's class makes expensive. Fetch standard, "Headers class".

import { isFieldName } from "./field-lines.ts";

const NativeHeaders = globalThis.Headers;
/** Without white space around it, which the platform would take off. */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** The list behind one of ours; undefined for every other object. */
let listOf: (headers: object) => string[] | undefined;

export class FieldHeaders {
  /** Name (in lower case), value, name, value … */
  readonly #fields: string[];

  static {
    listOf = (headers) => (#fields in headers ? (headers as FieldHeaders).#fields : undefined);
  }

  /** Takes the list over; its fields must be good. */
  constructor(fields: string[]) {
    this.#fields = fields;
  }

  get(name: string): string | null {
    const wanted = checkName(name);
    let found: string | null = null;
    const fields = this.#fields;
    for (let index = 0; index < fields.length; index += 2) {
      if (fields[index] !== wanted) continue;
      found = found === null ? (fields[index + 1] as string) : `${found}, ${fields[index + 1]}`;
    }
    return found;
  }

  has(name: string): boolean {
    return this.#find(checkName(name)) >= 0;
  }

  append(name: string, value: string): void {
    this.#fields.push(...checkField(name, value));
  }

  set(name: string, value: string): void {
    const [wanted, good] = checkField(name, value);
    const index = this.#find(wanted);
    if (index < 0) {
      this.#fields.push(wanted, good);
      return;
    }
    this.#fields[index + 1] = good;
    this.#remove(wanted, index + 2);
  }

  delete(name: string): void {
    this.#remove(checkName(name), 0);
  }

  getSetCookie(): string[] {
    return this.#fields.filter((_, index) => index % 2 === 1 && this.#fields[index - 1] === "set-cookie");
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, receiver?: unknown): void {
    for (const [name, value] of this) callback.call(receiver, value, name, this as unknown as Headers);
  }

  entries(): HeadersIterator<[string, string]> {
    return this.#sorted().values() as HeadersIterator<[string, string]>;
  }

  keys(): HeadersIterator<string> {
    return this.#sorted()
      .map(([name]) => name)
      .values() as HeadersIterator<string>;
  }

  values(): HeadersIterator<string> {
    return this.#sorted()
      .map(([, value]) => value)
      .values() as HeadersIterator<string>;
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.entries();
  }

  /** What consoles show. */
  [Symbol.for("nodejs.util.inspect.custom")](): Headers {
    return new NativeHeaders(this.#sorted());
  }

  #find(name: string): number {
    const fields = this.#fields;
    for (let index = 0; index < fields.length; index += 2) if (fields[index] === name) return index;
    return -1;
  }

  #remove(name: string, from: number): void {
    for (let index = this.#fields.length - 2; index >= from; index -= 2) {
      if (this.#fields[index] === name) this.#fields.splice(index, 2);
    }
  }

  /** In order of name; lines of one field are joined, but those of Set-Cookie, which cannot be. */
  #sorted(): [name: string, value: string][] {
    const joined: [name: string, value: string][] = [];
    const fields = this.#fields;
    for (let index = 0; index < fields.length; index += 2) {
      const name = fields[index] as string;
      const value = fields[index + 1] as string;
      const before = name === "set-cookie" ? undefined : joined.find(([known]) => known === name);
      if (before === undefined) joined.push([name, value]);
      else before[1] += `, ${value}`;
    }
    return joined.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  }
}

Object.setPrototypeOf(FieldHeaders.prototype, NativeHeaders.prototype);

/** The fields of one of ours, not to be changed: name, value, name, value … Undefined for every other object. */
export function fieldsOf(headers: object): readonly string[] | undefined {
  return listOf(headers);
}

/** Fields from everything that a Headers object can be made of; throws what the platform throws. */
export function readFields(init: HeadersInit | undefined): string[] {
  if (init === undefined) return [];
  const ours = typeof init === "object" && init !== null ? listOf(init) : undefined;
  return ours === undefined ? [...new NativeHeaders(init)].flat() : [...ours];
}

function checkName(name: string): string {
  if (isFieldName(name)) return name;
  const lower = String(name).toLowerCase();
  // Whoever asks for what is no name gets the platform's error.
  if (!isFieldName(lower)) new NativeHeaders().get(name);
  return lower;
}

function checkField(name: string, value: string): [name: string, value: string] {
  const lower = isFieldName(name) ? name : String(name).toLowerCase();
  const text = String(value);
  if (isFieldName(lower) && VALUE.test(text)) return [lower, text];
  const [field] = new NativeHeaders([[name, value]]);
  return field as [string, string];
}
