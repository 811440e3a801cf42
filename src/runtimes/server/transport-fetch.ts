// Upstreams over the platform's fetch, for a runtime that has no sockets: Workers.

import { toAbortSignal } from "../../contract/cancellation.ts";
import {
  type BodySource,
  type ExchangeObserver,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { hasNoBody } from "../../proxy/forward-response.ts";

/** How a runtime's fetch differs from a plain one. */
export interface FetchTraits {
  /** Bodies of known length are sent in one piece up to here, so that the server is told the length. */
  maxCollectedBytes?: number;
  /** It takes off the codings that a request names, so that none may be named. */
  decodesWhatIsAsked?: boolean;
}

/** With a declared length up to here a body is passed on in one piece. */
const MAX_SHORT_BYTES = 16 * 1024;

/** Errors that come before a connection is there. */
const UNREACHABLE =
  /ConnectionRefused|FailedToOpenSocket|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ENOENT|EAI_AGAIN|connection refused|error trying to connect|client error \(Connect\)/i;

/** Sends one request over fetch. */
export async function sendOverFetch(
  request: UpstreamRequest,
  server: UpstreamServer,
  observer: ExchangeObserver,
  traits: FetchTraits,
): Promise<UpstreamResponse> {
  const { method, target } = request;
  const url = `${originOf(server)}${target}`;
  // fetch does not tell when it has connected: the wait for the first byte then includes it.
  observer.sent();
  try {
    const body = await collectBody(request, traits.maxCollectedBytes ?? 0);
    const response = await fetch(url, {
      method,
      headers: toHeaders(request, traits),
      body,
      redirect: "manual",
      signal: toAbortSignal(observer.signal),
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    } as RequestInit);
    observer.connected();
    return await toUpstreamResponse(response, method);
  } catch (error) {
    if (observer.signal.aborted) throw observer.signal.reason;
    throw toTransportError(error, observer);
  }
}

/** The URL of a server, without a path. */
export function originOf({ address, tls }: UpstreamServer): string {
  const scheme = tls === undefined ? "http" : "https";
  if (address.kind === "unix") return `${scheme}://localhost`;
  const name = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${scheme}://${name}:${address.port}`;
}

async function collectBody(
  { body, contentLength }: UpstreamRequest,
  maxBytes: number,
): Promise<BodyInit | null> {
  if (body === null || contentLength === 0) return null;
  if (contentLength === undefined || contentLength > maxBytes) return body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** A client that names no codings gets none: left to itself, fetch would ask for some and take them off. */
export function toHeaders(
  { fields, contentLength, body }: UpstreamRequest,
  { decodesWhatIsAsked = false }: FetchTraits,
): Headers {
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 2) {
    headers.append(fields[index] as string, fields[index + 1] as string);
  }
  if (body !== null && contentLength !== undefined) headers.set("content-length", String(contentLength));
  if (decodesWhatIsAsked || !headers.has("accept-encoding")) headers.set("accept-encoding", "identity");
  return headers;
}

async function toUpstreamResponse(response: Response, method: string): Promise<UpstreamResponse> {
  const { status, statusText, headers } = response;
  const length = headers.get("content-length");
  const contentLength = length === null || !/^\d{1,15}$/.test(length) ? undefined : Number(length);
  const fields: string[] = [];
  // forEach, because iterating takes some runtimes several times as long.
  headers.forEach((value, name) => {
    fields.push(name, value);
  });
  return { status, statusText, fields, contentLength, body: await readBody(response, method, contentLength) };
}

/** A short body is taken whole: a stream would cost more than the rest of the exchange. */
async function readBody(
  response: Response,
  method: string,
  length: number | undefined,
): Promise<UpstreamResponse["body"]> {
  if (hasNoBody(method, response.status)) return null;
  if (length !== undefined && length > 0 && length <= MAX_SHORT_BYTES) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length !== length) throw new TypeError(`The body has ${bytes.length} of ${length} bytes`);
    return bytes;
  }
  return response.body && readerSource(response.body);
}

function readerSource(body: ReadableStream<Uint8Array>): BodySource {
  const reader = body.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel() {
      reader.cancel().catch(() => {
        // The connection may have failed at the same moment; nobody is left to tell.
      });
    },
  };
}

/** What cannot be told apart counts as sent, so that nothing is executed twice. */
function toTransportError(error: unknown, observer: ExchangeObserver): TransportError {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (UNREACHABLE.test(`${code} ${message}`)) {
    return new TransportError("unreachable", "Cannot connect to the upstream", { cause: error });
  }
  observer.connected();
  return new TransportError("unanswered", "The upstream did not answer", { cause: error });
}
