// Which files are worth storing compressed as well? Those of compressible types that shrink by 5 % or more.

import { hash as digest } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ContentCoding } from "../contract/site.ts";
import { isCompressibleType } from "../http/compressible-type.ts";
import { COMPRESSORS } from "./compressors.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { temporaryPath } from "./temporary-path.ts";
import { type KnownVariant, loadVariantIndex, type VariantIndex } from "./variant-index.ts";

/** A file to compress, wherever its bytes are. */
export interface CompressionInput {
  hash: string;
  size: number;
  type: string | undefined;
  /** Absolute. */
  file: string;
}

/** A compressed form, kept in the cache folder under its own hash. */
export interface CompressedFile {
  hash: string;
  size: number;
  /** Absolute. */
  file: string;
}

/** Compressed forms by content coding. */
export type CompressedForms = Partial<Record<ContentCoding, CompressedFile>>;

export interface PrecompressOptions {
  /** Kept between builds; `<first two hex>/<sha256>` below it is a content-addressed folder. */
  cacheDir: string;
  codings?: readonly ContentCoding[];
}

/** Below, the fields that compression adds cost more than it saves; above, a build would take minutes. */
const MIN_BYTES = 256;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_RATIO = 0.95;
/** Twice the cores: while one file is read or written, another is compressed. */
const MAX_PARALLEL_FILES = availableParallelism() * 2;
const ALL_CODINGS: readonly ContentCoding[] = ["br", "zstd", "gzip"];

/** Compresses what is worth it, in parallel; equal bytes are compressed once, and never again by later builds. */
export async function precompress(
  files: Iterable<CompressionInput>,
  { cacheDir, codings = ALL_CODINGS }: PrecompressOptions,
): Promise<Map<string, CompressedForms>> {
  const cache = await openCache(cacheDir);
  const inputs = [...new Map([...files].filter(isWorthTrying).map((input) => [input.hash, input])).values()];
  const forms = await mapConcurrently(inputs, MAX_PARALLEL_FILES, (input) =>
    compressFile(input, codings, cache),
  );
  await cache.index.save();
  const found = inputs.map((input, position) => [input.hash, forms[position] as CompressedForms] as const);
  return new Map(found.filter(([, variants]) => Object.keys(variants).length > 0));
}

/** What earlier builds left: the index, and the blobs that are really there. */
interface VariantCache {
  folder: string;
  index: VariantIndex;
  blobs: ReadonlySet<string>;
}

async function openCache(folder: string): Promise<VariantCache> {
  await mkdir(folder, { recursive: true });
  const [index, names] = await Promise.all([
    loadVariantIndex(join(folder, "index.json")),
    readdir(folder, { recursive: true }),
  ]);
  return { folder, index, blobs: new Set(names.map((name) => basename(name))) };
}

function isWorthTrying({ size, type }: CompressionInput): boolean {
  return type !== undefined && isCompressibleType(type) && size >= MIN_BYTES && size <= MAX_BYTES;
}

/** The file is read at most once, and not at all if every coding is known. */
async function compressFile(
  input: CompressionInput,
  codings: readonly ContentCoding[],
  cache: VariantCache,
): Promise<CompressedForms> {
  const forms: CompressedForms = {};
  let bytes: Uint8Array | undefined;
  for (const coding of codings) {
    let variant = findVariant(input, coding, cache);
    if (variant === undefined) {
      // At once: next to compressing it, a queue of threads for reading and writing would cost more.
      bytes ??= readFileSync(input.file);
      // Rewritten since it was listed: a variant of other bytes must not carry this file's name.
      if (sha256(bytes) !== input.hash) return {};
      variant = storeVariant(await COMPRESSORS[coding].compress(bytes), bytes.length, cache.folder);
      cache.index.remember(input.hash, coding, COMPRESSORS[coding].settings(input.size), variant);
    }
    if (variant) forms[coding] = { ...variant, file: blobFile(cache.folder, variant.hash) };
  }
  return forms;
}

function findVariant(
  input: CompressionInput,
  coding: ContentCoding,
  cache: VariantCache,
): KnownVariant | undefined {
  const known = cache.index.find(input.hash, coding, COMPRESSORS[coding].settings(input.size));
  return known && !cache.blobs.has(known.hash) ? undefined : known;
}

/** Null if the compressed form does not save enough to be kept. */
function storeVariant(compressed: Uint8Array, plainSize: number, folder: string): KnownVariant {
  if (compressed.length > plainSize * MAX_RATIO) return null;
  const hash = sha256(compressed);
  const file = blobFile(folder, hash);
  const temporary = temporaryPath(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, compressed);
  renameSync(temporary, file);
  return { hash, size: compressed.length };
}

function blobFile(folder: string, hash: string): string {
  return join(folder, hash.slice(0, 2), hash);
}

function sha256(bytes: Uint8Array): string {
  return digest("sha256", bytes);
}
