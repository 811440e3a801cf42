// How is an answer compressed while it is made? In the coding that the client weighs highest, without holding
// back a stream that comes bit by bit.

import { selectCoding } from "./accept-encoding.ts";
import { describeCompressed, isNegotiable, type SizeWindow } from "./compression-rule.ts";
import { peekBody } from "./peek-body.ts";
import { addVary } from "./vary.ts";

/** A content coding that the runtime can produce. */
export interface ContentEncoder {
  coding: string;
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Gives out at once what was put in; absent where the runtime's streams hold data back. */
  createStream?(): ReadableWritablePair<Uint8Array, Uint8Array>;
}

export interface CompressionOptions extends Partial<SizeWindow> {
  /** In order of preference among codings that the client likes equally. */
  encoders: readonly ContentEncoder[];
  /** The body of an answer where the runtime knows it without reading a stream. */
  completeBodyOf?: (response: Response) => string | Uint8Array | null | undefined;
}

/** Gives the answer to send instead; the same one if nothing is to be done. */
export type ResponseCompressor = (request: Request, response: Response) => Response | Promise<Response>;

/** Below, the fields cost what compression saves; a packet holds about as much anyway. */
const MIN_BYTES = 1_024;
const MAX_BYTES = 16 * 1024 * 1024;
/** As much of a body as is collected before it is compressed, where streams hold data back. */
const MAX_HELD_BYTES = 256 * 1024;

/**
 * Compresses answers that were made for this request; stored files have their compressed forms already.
 * A request without Accept-Encoding passes untouched: browsers, and caches in front of browsers, send one.
 */
export function createResponseCompressor(options: CompressionOptions): ResponseCompressor {
  const { encoders, completeBodyOf, minBytes = MIN_BYTES, maxBytes = MAX_BYTES } = options;
  const codings = encoders.map((encoder) => encoder.coding);
  return (request, response) => {
    // Before any headers are looked at: for most requests and answers some runtimes have not made them yet.
    const known = completeBodyOf?.(response);
    if (isShorter(known, minBytes)) return response;
    const accepted = request.headers.get("accept-encoding");
    if (accepted === null) return response;
    const complete = toBytes(known);
    if (complete && complete.length < minBytes) return response;
    if (!isNegotiable(response.status, response.headers, { minBytes, maxBytes })) return response;
    const wanted = selectCoding(accepted, codings);
    const encoder = request.method === "HEAD" ? undefined : encoders.find(({ coding }) => coding === wanted);
    const content = complete ?? response.body;
    return content ? encode(response, content, encoder, minBytes) : withVary(response);
  };
}

async function encode(
  response: Response,
  content: Uint8Array | ReadableStream<Uint8Array>,
  encoder: ContentEncoder | undefined,
  minBytes: number,
): Promise<Response> {
  if (content instanceof Uint8Array) {
    if (!encoder) return withVary(response);
    return rebuild(response, await encoder.compress(content), encoder.coding);
  }
  const peeked = await peekBody(content, encoder && !encoder.createStream ? MAX_HELD_BYTES : minBytes);
  if (peeked.kind === "complete") {
    const { bytes } = peeked;
    if (bytes.length < minBytes) return rebuild(response, bytes);
    return encode(rebuild(response, bytes), bytes, encoder, minBytes);
  }
  if (!encoder?.createStream) return withVary(rebuild(response, peeked.stream));
  return rebuild(response, peeked.stream.pipeThrough(encoder.createStream()), encoder.coding);
}

/** Answers that came from a fetch are immutable; those are copied. */
function withVary(response: Response): Response {
  try {
    addVary(response.headers, "Accept-Encoding");
    return response;
  } catch {
    const copy = new Response(response.body, response);
    addVary(copy.headers, "Accept-Encoding");
    return copy;
  }
}

/** `encodeBody` keeps workerd from coding the body once more. */
function rebuild(
  response: Response,
  body: Uint8Array | ReadableStream<Uint8Array>,
  coding?: string,
): Response {
  const { status, statusText } = response;
  const headers = coding === undefined ? response.headers : describeCompressed(response.headers, coding);
  const init: ResponseInit & { encodeBody?: "manual" } = { status, statusText, headers };
  if (coding !== undefined) init.encodeBody = "manual";
  return new Response(body as BodyInit, init);
}

/** Whether a body is known to be short; a character of a string takes three bytes at most. */
function isShorter(body: string | Uint8Array | null | undefined, bytes: number): boolean {
  if (body === null || body === undefined) return false;
  return typeof body === "string" ? body.length * 3 < bytes : body.length < bytes;
}

function toBytes(body: string | Uint8Array | null | undefined): Uint8Array | undefined {
  return typeof body === "string" ? new TextEncoder().encode(body) : (body ?? undefined);
}
