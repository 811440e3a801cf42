// How are several ranges sent in one answer? multipart/byteranges, RFC 9110 §14.6.

import { type ByteSpan, formatContentRange } from "../http/byte-range.ts";
import { chunksOf, streamChunks } from "./stream-chunks.ts";

/** What all parts have in common. */
export interface MultipartSource {
  /** Bytes of the whole representation. */
  size: number;
  /** Content-Type of the representation. */
  type: string | null;
  read(span: ByteSpan): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined>;
}

export interface MultipartBody {
  contentType: string;
  /** Exact length of `body`, framing included. */
  length: number;
  body: ReadableStream<Uint8Array>;
}

/** Frames the spans in order; each is read only when the client has taken the one before. */
export function createMultipartBody(spans: readonly ByteSpan[], source: MultipartSource): MultipartBody {
  const boundary = createBoundary();
  const heads = spans.map((span, index) => encodeHead(span, source, boundary, index === 0));
  const tail = new TextEncoder().encode(`\r\n--${boundary}--\r\n`);
  const length = heads.reduce((sum, head) => sum + head.length, tail.length) + bytesIn(spans);
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    length,
    body: streamChunks(generateParts(spans, heads, tail, source)),
  };
}

async function* generateParts(
  spans: readonly ByteSpan[],
  heads: readonly Uint8Array[],
  tail: Uint8Array,
  source: MultipartSource,
): AsyncGenerator<Uint8Array, void> {
  for (const [index, span] of spans.entries()) {
    const body = await source.read(span);
    if (!body) throw new Error("Cannot go on with a multipart answer: the file is gone");
    yield heads[index] as Uint8Array;
    yield* chunksOf(body);
  }
  yield tail;
}

function encodeHead(span: ByteSpan, source: MultipartSource, boundary: string, isFirst: boolean): Uint8Array {
  const type = source.type === null ? "" : `Content-Type: ${source.type}\r\n`;
  const range = `Content-Range: ${formatContentRange(span, source.size)}\r\n`;
  return new TextEncoder().encode(`${isFirst ? "" : "\r\n"}--${boundary}\r\n${type}${range}\r\n`);
}

function bytesIn(spans: readonly ByteSpan[]): number {
  return spans.reduce((sum, span) => sum + span.end - span.start, 0);
}

/** Random, so that no file can be written to contain it. */
function createBoundary(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
