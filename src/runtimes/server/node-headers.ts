// The fields of a request as Node received them: one of them is found without making a Headers object of all.
// Fetch standard, "Headers class".

const NativeHeaders = globalThis.Headers;

export class NodeHeaders {
  /** Name, value, name, value …; not looked at any more once there is a Headers object. */
  readonly #lines: readonly string[];
  #native: Headers | undefined;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  get(name: string): string | null {
    return this.#native === undefined ? this.#find(name) : this.#native.get(name);
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
    for (const [name, value] of this.#toNative())
      callback.call(receiver, value, name, this as unknown as Headers);
  }

  entries(): HeadersIterator<[string, string]> {
    return this.#toNative().entries();
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

  #find(name: string): string | null {
    const wanted = String(name).toLowerCase();
    let found: string | null = null;
    for (let index = 0; index < this.#lines.length; index += 2) {
      const candidate = this.#lines[index] as string;
      if (candidate.length !== wanted.length || candidate.toLowerCase() !== wanted) continue;
      const value = this.#lines[index + 1] as string;
      found = found === null ? value : `${found}${wanted === "cookie" ? "; " : ", "}${value}`;
    }
    // Whoever asks for what is no name gets the platform's error.
    return found ?? (isName(wanted) ? null : this.#toNative().get(name));
  }

  #toNative(): Headers {
    if (this.#native === undefined) {
      this.#native = new NativeHeaders();
      for (let index = 0; index < this.#lines.length; index += 2) {
        this.#native.append(this.#lines[index] as string, this.#lines[index + 1] as string);
      }
    }
    return this.#native;
  }
}

function isName(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~\da-z]+$/.test(text);
}

Object.setPrototypeOf(NodeHeaders.prototype, NativeHeaders.prototype);
