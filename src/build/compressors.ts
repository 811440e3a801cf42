// How hard does a build compress? As hard as the size of the file allows in about a second.

import { promisify } from "node:util";
import zlib from "node:zlib";
import type { ContentCoding } from "../contract/site.ts";

export interface Compressor {
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Names the settings for a size: results of other settings are not reused. */
  settings(size: number): string;
}

const SLOW_BYTES = 1024 * 1024;
const brotli = promisify<Uint8Array, zlib.BrotliOptions, Uint8Array>(zlib.brotliCompress);
const zstd = promisify<Uint8Array, zlib.ZstdOptions, Uint8Array>(zlib.zstdCompress);
const gzip = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gzip);

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_LGWIN, ZSTD_c_compressionLevel } =
  zlib.constants;

/** One compressor per content coding. */
export const COMPRESSORS: Readonly<Record<ContentCoding, Compressor>> = {
  br: {
    settings: (size) => `br-${brotliQuality(size)}`,
    compress: (bytes) =>
      brotli(bytes, {
        params: {
          [BROTLI_PARAM_QUALITY]: brotliQuality(bytes.length),
          [BROTLI_PARAM_SIZE_HINT]: bytes.length,
          [BROTLI_PARAM_LGWIN]: brotliWindow(bytes.length),
        },
      }),
  },
  zstd: {
    settings: (size) => `zstd-${zstdLevel(size)}`,
    // Told the size, the encoder sizes its tables by it: 0.2 ms instead of 40 for a small file.
    compress: (bytes) =>
      zstd(bytes, {
        pledgedSrcSize: bytes.length,
        params: { [ZSTD_c_compressionLevel]: zstdLevel(bytes.length) },
      }),
  },
  gzip: {
    settings: () => "gzip-9",
    compress: (bytes) => gzip(bytes, { level: 9 }),
  },
};

function brotliQuality(size: number): number {
  return size <= SLOW_BYTES ? 11 : 9;
}

/** Bits of a window that holds the whole file, as far as browsers allow: larger ones are only allocated. */
function brotliWindow(size: number): number {
  return Math.min(24, Math.max(10, Math.ceil(Math.log2(size + 16))));
}

function zstdLevel(size: number): number {
  return size <= SLOW_BYTES ? 19 : 12;
}
