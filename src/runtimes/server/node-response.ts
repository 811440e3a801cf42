// A Response for Node that remembers what it was made of, so that the common answer (a string or
// bytes with a few headers) is written without building streams. Anything beyond status, headers and
// the remembered body makes the platform's own Response once and asks it.

import { areHeld } from "../../contract/held-bytes.ts";
import { FieldHeaders, readFields } from "../../http/field-headers.ts";
import { checkResponseInit, isNullBodyStatus } from "./response-init.ts";

/** The platform's own class, before it was replaced. */
export const NativeResponse = globalThis.Response;

/** A body that can be written to a socket as it is. */
export type PlainBody = string | Uint8Array | null;

type Init = ResponseInit & { webSocket?: unknown };

/** Copied into each answer that has no others. */
const JSON_HEADERS = new FieldHeaders(["content-type", "application/json"]) as unknown as Headers;
const TEXT_TYPE = "text/plain;charset=UTF-8";

/** Reads the remembered body of a response; undefined if it has to be streamed. */
let plainBodyOf: (response: NodeResponse) => PlainBody | undefined;
/** Reads the fields as they are now. */
let currentFieldsOf: (response: NodeResponse) => readonly string[];

export class NodeResponse {
  #plain: PlainBody | undefined;
  readonly #body: BodyInit | null;
  readonly #status: number;
  readonly #statusText: string;
  /** Until somebody asks for the object. */
  readonly #fields: string[];
  #headers: FieldHeaders | undefined;
  #native: Response | undefined;
  /** Set for status 101: the client's end of a WebSocketPair. */
  readonly webSocket: unknown;

  static {
    plainBodyOf = (response) => (response.#native === undefined ? response.#plain : undefined);
    currentFieldsOf = (response) => response.#fields;
  }

  constructor(body: BodyInit | null = null, init: Init = {}) {
    this.webSocket = (init as { webSocket?: unknown } | null)?.webSocket ?? null;
    const checked = checkResponseInit(init ?? {}, body, this.webSocket !== null);
    this.#status = checked.status;
    this.#statusText = checked.statusText;
    // Bytes are copied, as everywhere: their owner may go on writing to them.
    this.#body = body instanceof Uint8Array && !areHeld(body) ? body.slice() : body;
    this.#plain = isPlainBody(this.#body) ? this.#body : undefined;
    // Header mistakes must surface here, as they do on the platform's class.
    this.#fields = checked.fields ?? readFields(checked.headers);
    const type =
      typeof body === "string" ? TEXT_TYPE : this.#plain === undefined ? this.#ownType() : undefined;
    if (type !== undefined && !hasType(this.#fields)) this.#fields.push("content-type", type);
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
    // The list is the object's from now on, which is why it is read through it and here alike.
    this.#headers ??= new FieldHeaders(this.#fields);
    return this.#headers as unknown as Headers;
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
    const body =
      this.#native === undefined && this.#plain !== undefined ? this.#plain : this.#makeNative().clone().body;
    const init = { status: this.#status, statusText: this.#statusText, headers: this.headers };
    return new NodeResponse(body as BodyInit | null, init) as unknown as Response;
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

  /** A foreign body may carry a type of its own (FormData, URLSearchParams, Blob): the platform tells. */
  #ownType(): string | undefined {
    return this.#makeNative().headers.get("content-type") ?? undefined;
  }

  /** The platform's Response for the same content, which has the body from then on. */
  #makeNative(): Response {
    if (this.#native === undefined) {
      const status = this.#status === 101 ? 200 : this.#status;
      const body = isNullBodyStatus(status) ? null : this.#body;
      this.#native = new NativeResponse(body, { status, headers: pairsOf(this.#fields) });
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
      return new NodeResponse(text, { ...init, headers: JSON_HEADERS }) as unknown as Response;
    }
    const fields = readFields(init.headers);
    if (!hasType(fields)) fields.push("content-type", "application/json");
    return new NodeResponse(text, {
      ...init,
      headers: new FieldHeaders(fields) as unknown as Headers,
    }) as unknown as Response;
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

/** The fields of a response, names in lower case; undefined for the platform's own. Not to be changed. */
export function getPlainFields(response: Response): readonly string[] | undefined {
  return isNodeResponse(response) ? currentFieldsOf(response) : undefined;
}

function hasType(fields: readonly string[]): boolean {
  for (let index = 0; index < fields.length; index += 2) if (fields[index] === "content-type") return true;
  return false;
}

function pairsOf(fields: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < fields.length; index += 2)
    pairs.push([fields[index] as string, fields[index + 1] as string]);
  return pairs;
}

function isNodeResponse(response: unknown): response is NodeResponse {
  return Object.prototype.isPrototypeOf.call(NodeResponse.prototype, response as object);
}

/** Makes this class the global Response of the process. */
export function installNodeResponse(): void {
  Object.defineProperty(globalThis, "Response", { value: NodeResponse, writable: true, configurable: true });
}
