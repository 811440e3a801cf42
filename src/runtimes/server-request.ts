// The Request that servers hand to the edge. Most functions ask for its URL, its method and a field or two; the
// platform's own Request is made when somebody wants more or passes it on. Fetch standard, "Request class".

import { type CancelSignal, DEPARTURE } from "../contract/cancellation.ts";

/** What a server knows of a request. Nothing is asked for before somebody needs it. */
export interface RequestSource {
  readonly method: string;
  /** As the URL standard writes it. */
  readonly url: string;
  /** A new Headers object at each call. */
  makeHeaders(): Headers;
  /** Aborts when the client leaves. */
  signal(): AbortSignal;
  /** The same at less cost. */
  departure(): CancelSignal;
  readonly hasBody: boolean;
  /** The body as a stream; asked for once, and not together with `readBody`. */
  openBody(): ReadableStream<Uint8Array>;
  /** The whole body; asked for once. */
  readBody(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The platform's own class, before it was replaced. */
export const NativeRequest = globalThis.Request;

/** What the Fetch standard says of a Request that comes from outside; `manual`, because servers follow no redirects. */
const REDIRECT = "manual";

/** The native Request of one of ours; undefined for everything else. */
let nativeOf: (input: unknown) => Request | undefined;
/** A copy of one without a body; undefined for everything else. */
let copyOf: (input: unknown) => Request | undefined;

export class ServerRequest {
  readonly #source: RequestSource;
  #headers: Headers | undefined;
  #native: Request | undefined;
  /** The body was read past the native Request. */
  #isRead = false;

  static {
    const isOurs = (input: unknown): input is ServerRequest =>
      typeof input === "object" && input !== null && #source in input;
    nativeOf = (input) => (isOurs(input) ? input.#toNative() : undefined);
    copyOf = (input) => (isOurs(input) && !input.#source.hasBody ? input.#copy() : undefined);
  }

  constructor(source: RequestSource) {
    this.#source = source;
  }

  get method(): string {
    return this.#source.method;
  }

  get url(): string {
    return this.#source.url;
  }

  get headers(): Headers {
    this.#headers ??= this.#native?.headers ?? this.#source.makeHeaders();
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#source.signal();
  }

  [DEPARTURE](): CancelSignal {
    return this.#native?.signal ?? this.#source.departure();
  }

  get redirect(): RequestRedirect {
    return REDIRECT;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#source.hasBody ? (this.#toNative().body as ReadableStream<Uint8Array> | null) : null;
  }

  get bodyUsed(): boolean {
    return this.#isRead || (this.#native?.bodyUsed ?? false);
  }

  clone(): Request {
    if (this.#source.hasBody) return this.#toNative().clone();
    return this.#copy();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#read()).buffer;
  }

  async blob(): Promise<Blob> {
    const type = this.headers.get("content-type") ?? "";
    return new Blob([await this.#read()], { type });
  }

  bytes(): Promise<Uint8Array> {
    return this.#read();
  }

  async formData(): Promise<FormData> {
    return this.#toNative().formData();
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async text(): Promise<string> {
    return this.#source.hasBody ? new TextDecoder().decode(await this.#read()) : "";
  }

  /** What consoles show. */
  [Symbol.for("nodejs.util.inspect.custom")](): Request {
    return this.#toNative();
  }

  /** Reads the body without a stream, if nobody has asked for the stream. */
  async #read(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#native !== undefined) return new Uint8Array(await this.#native.arrayBuffer());
    if (!this.#source.hasBody) return new Uint8Array();
    if (this.#isRead) throw alreadyRead();
    this.#isRead = true;
    return this.#source.readBody();
  }

  #copy(): Request {
    const { method, url, hasBody } = this.#source;
    const headers = this.#headers;
    const source: RequestSource = {
      method,
      url,
      hasBody,
      makeHeaders: () => (headers === undefined ? this.#source.makeHeaders() : new Headers(headers)),
      signal: () => this.#source.signal(),
      departure: () => this.#source.departure(),
      openBody: () => this.#source.openBody(),
      readBody: () => this.#source.readBody(),
    };
    return new ServerRequest(source) as unknown as Request;
  }

  #toNative(): Request {
    if (this.#isRead) throw alreadyRead();
    this.#native ??= makeNative(this.#source, this.headers, REDIRECT);
    return this.#native;
  }
}

function alreadyRead(): TypeError {
  return new TypeError("Body has already been read");
}

/** Made of its parts: a copy of a Request that came from Deno's server cannot be sent by its fetch. */
function makeNative(source: RequestSource, headers: Headers, redirect: RequestRedirect): Request {
  const { method, url, hasBody } = source;
  const init = {
    method: isForbidden(method) ? "GET" : method,
    headers,
    redirect,
    signal: source.signal(),
    ...(hasBody && { body: source.openBody(), duplex: "half" }),
  };
  const request = new NativeRequest(url, init);
  if (isForbidden(method)) Object.defineProperty(request, "method", { value: method });
  return request;
}

/** Methods that a client may send and that no Request can be made with (Fetch standard, "forbidden method"). */
function isForbidden(method: string): boolean {
  return /^(?:connect|trace|track)$/i.test(method);
}

/** What a native Request has beyond the above, which hardly anybody asks for. */
const OTHER_PROPERTIES = [
  "cache",
  "credentials",
  "destination",
  "duplex",
  "integrity",
  "keepalive",
  "mode",
  "referrer",
  "referrerPolicy",
] as const;

Object.setPrototypeOf(ServerRequest.prototype, NativeRequest.prototype);
for (const name of OTHER_PROPERTIES) {
  Object.defineProperty(ServerRequest.prototype, name, {
    configurable: true,
    get(this: ServerRequest) {
      return Reflect.get(nativeOf(this) as Request, name);
    },
  });
}

/**
 * Lets `new Request` and `fetch` take such a request for one of the platform's, and a stream for a body without
 * being told `duplex`, as on Workers. Called once, before functions are loaded.
 */
export function installServerRequest(): void {
  const { fetch } = globalThis;
  const Request: typeof NativeRequest = new Proxy(NativeRequest, {
    construct(target, [input, init]: [RequestInfo | URL, RequestInit?], newTarget) {
      const copy = newTarget === Request && asksForCopy(init) ? copyOf(input) : undefined;
      return copy ?? Reflect.construct(target, [nativeOf(input) ?? input, withDuplex(init)], newTarget);
    },
  });
  const patchedFetch = new Proxy(fetch, {
    apply: (target, receiver, [input, init]: Parameters<typeof fetch>) =>
      Reflect.apply(target, receiver, [nativeOf(input) ?? input, withDuplex(init)]),
  });
  for (const { prototype } of [NativeRequest, ServerRequest]) prototype.constructor = Request;
  for (const [name, value] of Object.entries({ Request, fetch: patchedFetch })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}

/** Whether nothing is to be different from the original. */
function asksForCopy(init: RequestInit | null | undefined): boolean {
  if (init === undefined || init === null) return true;
  const names = Object.keys(init);
  return names.length === 0 || (names.length === 1 && init.redirect === REDIRECT);
}

/** Settings only: a Request in their place says what its platform needs, in properties that a copy would lose. */
function withDuplex(init: RequestInit | undefined): RequestInit | undefined {
  if (init instanceof NativeRequest || "duplex" in (init ?? {})) return init;
  if (!(init?.body instanceof ReadableStream)) return init;
  return { ...init, duplex: "half" } as RequestInit;
}
