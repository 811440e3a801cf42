import zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { createResponseCompressor } from "../../../../src/http/compress-response.ts";
import { ZLIB_ENCODERS } from "../../../../src/runtimes/server/zlib-encoders.ts";

const TEXT = "The quick brown fox jumps over the lazy dog.\n".repeat(1_000);
const BYTES = new TextEncoder().encode(TEXT);

const DECODERS: Record<string, { whole: (bytes: Uint8Array) => Buffer; stream: () => zlib.Gunzip }> = {
  zstd: { whole: zlib.zstdDecompressSync, stream: zlib.createZstdDecompress as never },
  br: { whole: zlib.brotliDecompressSync, stream: zlib.createBrotliDecompress as never },
  gzip: { whole: zlib.gunzipSync, stream: zlib.createGunzip },
};

test("prefers the fastest coding among equals", () => {
  expect(ZLIB_ENCODERS.map(({ coding }) => coding)).toEqual(["zstd", "br", "gzip"]);
});

/** Decodes a stream while it comes; the iterator waits for each decoded piece. */
function decodeLive(stream: ReadableStream<Uint8Array>, decoder: zlib.Gunzip): AsyncIterator<Buffer> {
  const feed = async () => {
    for await (const chunk of stream) decoder.write(chunk);
    decoder.end();
  };
  feed().catch((error) => decoder.destroy(error));
  return decoder[Symbol.asyncIterator]();
}

describe.each(ZLIB_ENCODERS)("$coding", ({ coding, compress, createStream }) => {
  const decoder = DECODERS[coding] as (typeof DECODERS)[string];
  const open = () => createStream?.() as TransformStream<Uint8Array, Uint8Array>;

  test("compresses a whole body", async () => {
    const compressed = await compress(BYTES);
    expect(compressed.length).toBeLessThan(BYTES.length / 10);
    expect(new Uint8Array(decoder.whole(compressed))).toEqual(BYTES);
  });

  test("compresses a stream of any length", async () => {
    const compressed = await new Response(new Blob([BYTES, BYTES]).stream().pipeThrough(open())).bytes();
    expect(decoder.whole(compressed).toString()).toBe(TEXT + TEXT);
  });

  test("gives out each chunk before the next one is there", async () => {
    const { readable, writable } = open();
    const writer = writable.getWriter();
    const decoded = decodeLive(readable, decoder.stream());
    for (const word of ["first", "second", "third"]) {
      writer.write(new TextEncoder().encode(word));
      expect((await decoded.next()).value.toString()).toBe(word);
    }
    await writer.close();
    expect((await decoded.next()).done).toBe(true);
  });
});

test("a stream that comes bit by bit is compressed bit by bit", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const request = new Request("http://host/", { headers: { "accept-encoding": "gzip" } });
  const response = new Response(readable, { headers: { "content-type": "text/html" } });
  const compressed = await createResponseCompressor({ encoders: ZLIB_ENCODERS })(request, response);
  const decoded = decodeLive(compressed.body as ReadableStream<Uint8Array>, zlib.createGunzip());
  const writer = writable.getWriter();
  writer.write(new TextEncoder().encode("hello"));
  expect((await decoded.next()).value.toString()).toBe("hello");
  expect(compressed.headers.get("content-encoding")).toBe("gzip");
  await writer.close();
});
