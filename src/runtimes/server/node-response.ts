// A Response for Node that remembers what it was made of, so that the common answer (a string or
// bytes with a few headers) is written without building streams. Anything beyond status, headers and
// the remembered body makes the platform's own Response once and asks it.

import { areHeld } from "../../contract/held-bytes.ts";
import { checkResponseInit, isNullBodyStatus } from "./response-init.ts";

/** The platform's own class, before it was replaced. */
export const NativeResponse = globalThis.Response;

/** A body that can be written to a socket as it is. */
export type PlainBody = string | Uint8Array | null;

type Init = ResponseInit & { webSocket?: unknown };

const TEXT_TYPE = "text/plain;charset=UTF-8";

/** Reads the remembered body of a response; undefined if it has to be streamed. */
let plainBodyOf: (response: NodeResponse) => PlainBody | undefined;
/** Reads the remembered fields; undefined if somebody has taken the Headers object. */
let plainFieldsOf: (response: NodeResponse) => string[] | undefined;

export class NodeResponse {
  #plain: PlainBody | undefined;
  #body: BodyInit | null;
  #status: number;
  #statusText: string;
  #headers: Headers | undefined;
  #headersInit: HeadersInit | undefined;
  #fields: string[] | undefined;
  #native: Response | undefined;
  /** Set for status 101: the client's end of a WebSocketPair. */
  readonly webSocket: unknown;

  static {
    plainBodyOf = (response) => (response.#native === undefined ? response.#plain : undefined);
    plainFieldsOf = (response) =>
      response.#headers === undefined && response.#native === undefined ? response.#fields : undefined;
  }

  constructor(body: BodyInit | null = null, init: Init = {}) {
    this.webSocket = (init as { webSocket?: unknown } | null)?.webSocket ?? null;
    const checked = checkResponseInit(init ?? {}, body, this.webSocket !== null);
    this.#status = checked.status;
    this.#statusText = checked.statusText;
    this.#headersInit = checked.headers;
    // Bytes are copied, as everywhere: their owner may go on writing to them.
    this.#body = body instanceof Uint8Array && !areHeld(body) ? body.slice() : body;
    this.#plain = isPlainBody(this.#body) ? this.#body : undefined;
    // A foreign body may carry a type of its own (FormData, URLSearchParams, Blob): let the platform tell.
    if (this.#plain === undefined) this.#makeNative();
    // Header mistakes must surface here, as they do on the platform's class.
    this.#fields = checked.fields;
    if (checked.fields === undefined) this.#makeHeaders();
    else if (typeof body === "string" && !checked.fields.includes("content-type")) {
      checked.fields.push("content-type", TEXT_TYPE);
    }
  }

  get status(): number {
    return this.#status;
  }

  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299;
  }

  get statusText(): string {
    return this.#statusText;
  }

  get headers(): Headers {
    return this.#native === undefined ? this.#makeHeaders() : this.#native.headers;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#plain === null ? null : (this.#makeNative().body as ReadableStream<Uint8Array> | null);
  }

  get bodyUsed(): boolean {
    return this.#native?.bodyUsed ?? false;
  }

  get type(): ResponseType {
    return this.#native?.type ?? "default";
  }

  get url(): string {
    return "";
  }

  get redirected(): boolean {
    return false;
  }

  clone(): Response {
    return this.#makeNative().clone();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#makeNative().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#makeNative().blob();
  }

  bytes(): Promise<Uint8Array> {
    return (this.#makeNative() as unknown as { bytes(): Promise<Uint8Array> }).bytes();
  }

  formData(): Promise<FormData> {
    return this.#makeNative().formData();
  }

  json(): Promise<unknown> {
    return this.#makeNative().json();
  }

  text(): Promise<string> {
    return this.#makeNative().text();
  }

  #makeHeaders(): Headers {
    if (this.#headers === undefined) {
      this.#headers = new Headers(this.#headersInit);
      if (typeof this.#plain === "string" && !this.#headers.has("content-type")) {
        this.#headers.set("content-type", TEXT_TYPE);
      }
    }
    return this.#headers;
  }

  /** The platform's Response for the same content; from then on it owns headers and body. */
  #makeNative(): Response {
    if (this.#native === undefined) {
      const status = this.#status === 101 ? 200 : this.#status;
      const headers = this.#plain === undefined ? this.#headersInit : this.#makeHeaders();
      const body = isNullBodyStatus(status) ? null : this.#body;
      this.#native = new NativeResponse(body, {
        status,
        statusText: this.#statusText,
        ...(headers === undefined ? {} : { headers }),
      });
    }
    return this.#native;
  }

  static error(): Response {
    return NativeResponse.error();
  }

  static redirect(url: string | URL, status?: number): Response {
    // Bun sends a relative address, which the standard refuses (Fetch standard, "Response.redirect").
    return NativeResponse.redirect(new URL(url).href, status);
  }

  static json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data is not JSON serializable");
    if (init?.headers === undefined) {
      const headers = { "content-type": "application/json" };
      return new NodeResponse(text, { ...init, headers }) as unknown as Response;
    }
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new NodeResponse(text, { ...init, headers }) as unknown as Response;
  }

  /** Responses that came from fetch() are of the platform's class and count as well. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return NativeResponse.prototype.isPrototypeOf.call(NativeResponse.prototype, value as object);
  }
}

function isPlainBody(
  body: BodyInit | null,
): body is Exclude<PlainBody, Uint8Array> | Uint8Array<ArrayBuffer> {
  return body === null || typeof body === "string" || body instanceof Uint8Array;
}

Object.setPrototypeOf(NodeResponse, NativeResponse);
Object.setPrototypeOf(NodeResponse.prototype, NativeResponse.prototype);

/** The body of a response if it can be written in one piece; undefined if it must be streamed. */
export function getPlainBody(response: Response): PlainBody | undefined {
  return isNodeResponse(response) ? plainBodyOf(response) : response.body === null ? null : undefined;
}

/** The remembered body of a response; undefined also for the platform's own, whose stream is left alone. */
export function getRememberedBody(response: Response): PlainBody | undefined {
  return isNodeResponse(response) ? plainBodyOf(response) : undefined;
}

/** The fields of a response, in lower case, if nobody has touched its headers. */
export function getPlainFields(response: Response): string[] | undefined {
  return isNodeResponse(response) ? plainFieldsOf(response) : undefined;
}

function isNodeResponse(response: unknown): response is NodeResponse {
  return Object.prototype.isPrototypeOf.call(NodeResponse.prototype, response as object);
}

/** Makes this class the global Response of the process. */
export function installNodeResponse(): void {
  Object.defineProperty(globalThis, "Response", { value: NodeResponse, writable: true, configurable: true });
}
