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
export type ResponseCompressor = (request: Request, response: Response) => Promise<Response>;

/** Below, the fields cost what compression saves; a packet holds about as much anyway. */
const MIN_BYTES = 1_024;
const MAX_BYTES = 16 * 1024 * 1024;
/** As much of a body as is collected before it is compressed, where streams hold data back. */
const MAX_HELD_BYTES = 256 * 1024;

/** Compresses answers that were made for this request; stored files have their compressed forms already. */
export function createResponseCompressor(options: CompressionOptions): ResponseCompressor {
  const { encoders, completeBodyOf, minBytes = MIN_BYTES, maxBytes = MAX_BYTES } = options;
  const codings = encoders.map((encoder) => encoder.coding);
  return async (request, response) => {
    if (!isNegotiable(response.status, response.headers, { minBytes, maxBytes })) return response;
    const complete = toBytes(completeBodyOf?.(response));
    if (complete && complete.length < minBytes) return response;
    const wanted = selectCoding(request.headers.get("accept-encoding"), codings);
    const encoder = encoders.find(({ coding }) => coding === wanted);
    const varied = withVary(response);
    if (!encoder || request.method === "HEAD") return varied;
    if (complete) return rebuild(varied, await encoder.compress(complete), encoder.coding);
    return varied.body ? compress(varied, varied.body, encoder, minBytes) : varied;
  };
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

async function compress(
  response: Response,
  body: ReadableStream<Uint8Array>,
  encoder: ContentEncoder,
  minBytes: number,
): Promise<Response> {
  const peeked = await peekBody(body, encoder.createStream ? minBytes : MAX_HELD_BYTES);
  if (peeked.kind === "complete") {
    if (peeked.bytes.length < minBytes) return rebuild(response, peeked.bytes);
    return rebuild(response, await encoder.compress(peeked.bytes), encoder.coding);
  }
  if (!encoder.createStream) return rebuild(response, peeked.stream);
  return rebuild(response, peeked.stream.pipeThrough(encoder.createStream()), encoder.coding);
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

function toBytes(body: string | Uint8Array | null | undefined): Uint8Array | undefined {
  return typeof body === "string" ? new TextEncoder().encode(body) : (body ?? undefined);
}
