// How do Node, Bun and Deno compress while an answer is made? With node:zlib, flushed after every chunk.

import zlib from "node:zlib";
import type { ContentEncoder } from "../../http/compress-response.ts";

type Engine = zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress;

const {
  BROTLI_OPERATION_FLUSH,
  BROTLI_PARAM_LGWIN,
  BROTLI_PARAM_QUALITY,
  Z_SYNC_FLUSH,
  ZSTD_c_compressionLevel,
  ZSTD_c_windowLog,
  ZSTD_e_flush,
} = zlib.constants;

/** Levels that cost little time, windows that cost little memory per answer: 128 and 256 KiB. */
const ZSTD: zlib.ZstdOptions = { params: { [ZSTD_c_compressionLevel]: 3, [ZSTD_c_windowLog]: 17 } };
const BROTLI: zlib.BrotliOptions = { params: { [BROTLI_PARAM_QUALITY]: 4, [BROTLI_PARAM_LGWIN]: 18 } };
const GZIP: zlib.ZlibOptions = { level: 6 };

const zstd: ContentEncoder = {
  coding: "zstd",
  compress: (bytes) => compress(zlib.zstdCompress, bytes, { ...ZSTD, pledgedSrcSize: bytes.length }),
  createStream: () => createTransform(zlib.createZstdCompress({ ...ZSTD, flush: ZSTD_e_flush })),
};

const brotli: ContentEncoder = {
  coding: "br",
  compress: (bytes) => compress<zlib.BrotliOptions>(zlib.brotliCompress, bytes, BROTLI),
  createStream: () =>
    createTransform(zlib.createBrotliCompress({ ...BROTLI, flush: BROTLI_OPERATION_FLUSH })),
};

const gzip: ContentEncoder = {
  coding: "gzip",
  compress: (bytes) => compress(zlib.gzip, bytes, GZIP),
  createStream: () => createTransform(zlib.createGzip({ ...GZIP, flush: Z_SYNC_FLUSH })),
};

/** The codings of this runtime, fastest first; older runtimes have no zstd. */
export const ZLIB_ENCODERS: readonly ContentEncoder[] =
  typeof zlib.createZstdCompress === "function" ? [zstd, brotli, gzip] : [brotli, gzip];

function compress<Options>(
  run: (bytes: Uint8Array, options: Options, done: (error: Error | null, result: Buffer) => void) => void,
  bytes: Uint8Array,
  options: Options,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    run(bytes, options, (error, result) => (error ? reject(error) : resolve(new Uint8Array(result))));
  });
}

/** `cancel` belongs to the standard, but not yet to the type library. */
type CancellableTransformer = Transformer<Uint8Array, Uint8Array> & { cancel(): void };

function createTransform(engine: Engine): TransformStream<Uint8Array, Uint8Array> {
  const transformer: CancellableTransformer = {
    start(controller) {
      engine.on("data", (chunk: Buffer) => controller.enqueue(new Uint8Array(chunk)));
      engine.on("error", (error) => controller.error(error));
    },
    transform: (chunk) =>
      new Promise((resolve, reject) => {
        engine.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    flush: () =>
      new Promise((resolve) => {
        engine.once("end", resolve);
        engine.end();
      }),
    cancel: () => void engine.destroy(),
  };
  return new TransformStream(transformer);
}
