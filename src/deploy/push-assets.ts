// Uploads the blobs of a build to a store: only those that are missing, several at a time. What was sent stays
// there, so a push that was interrupted goes on where it ended.

import { existsSync, openAsBlob } from "node:fs";
import { join } from "node:path";
import { mapConcurrently } from "../build/map-concurrently.ts";
import { CausewayError } from "../contract/errors.ts";
import type { AssetTarget, BlobReference } from "../contract/platform.ts";
import { StoreError } from "../contract/store-error.ts";
import { retry } from "./retry.ts";

export interface PushOptions {
  /** Folder of the build's blobs: `<first two hex>/<sha256>`. */
  folder: string;
  blobs: readonly BlobReference[];
  target: AssetTarget;
  /** Requests at the same time. */
  concurrency: number;
  /** Only look what is missing. */
  dryRun: boolean;
  /** Ends the push: nothing new is begun, open uploads are broken off. */
  signal: AbortSignal;
  onProgress?: (progress: Readonly<PushProgress>) => void;
  /** The pause before a failed request is repeated for the first time. */
  firstPauseMs?: number;
}

/** How far a push has come; also what it was when it ended. */
export interface PushProgress {
  /** Blobs of the build. */
  blobs: number;
  bytes: number;
  /** Blobs whose presence has been looked for. */
  looked: number;
  missing: number;
  missingBytes: number;
  sent: number;
  sentBytes: number;
}

/** What lies in one folder is asked for together. */
interface Folder {
  blobs: BlobReference[];
}

/** Resolves with the counts when every blob is in the store; throws a CausewayError when that cannot be. */
export async function pushAssets(options: PushOptions): Promise<PushProgress> {
  const { blobs, concurrency, dryRun } = options;
  const progress = { blobs: blobs.length, bytes: sum(blobs), looked: 0, ...NOTHING_DONE };
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const push: Push = { ...options, signal, progress };
  try {
    const missing = (
      await mapConcurrently(foldersOf(blobs), concurrency, (folder) => look(folder, push))
    ).flat();
    if (!dryRun) await mapConcurrently(missing, concurrency, (blob) => send(blob, push));
    return progress;
  } catch (error) {
    stop.abort();
    throw explain(error, options.signal, progress);
  }
}

const NOTHING_DONE = { missing: 0, missingBytes: 0, sent: 0, sentBytes: 0 };

interface Push extends PushOptions {
  progress: PushProgress;
}

/** The blobs of a folder that the store lacks, or holds in part. */
async function look({ blobs }: Folder, push: Push): Promise<BlobReference[]> {
  const { target, progress, onProgress } = push;
  const sizes = await tryTo(() => target.find(blobs), push);
  const missing = blobs.filter(({ hash, size }) => sizes.get(hash) !== size);
  progress.looked += blobs.length;
  progress.missing += missing.length;
  progress.missingBytes += sum(missing);
  onProgress?.(progress);
  return missing;
}

async function send(blob: BlobReference, push: Push): Promise<void> {
  const { target, progress, signal, folder, onProgress } = push;
  const content = await openBlob(folder, blob);
  await tryTo(() => target.put(blob, content, signal), push);
  progress.sent++;
  progress.sentBytes += blob.size;
  onProgress?.(progress);
}

async function tryTo<T>(work: () => Promise<T>, { signal, firstPauseMs }: Push): Promise<T> {
  signal.throwIfAborted();
  return retry(work, { signal, ...(firstPauseMs === undefined ? {} : { firstPauseMs }) });
}

/** A view of the file: its bytes are read when they are sent. */
async function openBlob(folder: string, { hash, size, path }: BlobReference): Promise<Blob> {
  const file = join(folder, hash.slice(0, 2), hash);
  // Where there is no file, this throws before it gives a promise.
  const content = existsSync(file) ? await openAsBlob(file) : undefined;
  if (content?.size === size) return content;
  throw new CausewayError("build-missing", `Cannot push "${path}": the build lacks its bytes, "${file}"`, {
    remedy: "Run `causeway build` again.",
  });
}

function foldersOf(blobs: readonly BlobReference[]): Folder[] {
  const folders = new Map<string, Folder>();
  for (const blob of blobs) {
    const name = blob.hash.slice(0, 2);
    const folder = folders.get(name) ?? { blobs: [] };
    folder.blobs.push(blob);
    folders.set(name, folder);
  }
  return [...folders.values()];
}

function sum(blobs: readonly BlobReference[]): number {
  return blobs.reduce((total, { size }) => total + size, 0);
}

function explain(error: unknown, { aborted }: AbortSignal, { sent, missing }: PushProgress): unknown {
  if (aborted) {
    return new CausewayError("interrupted", `Interrupted after ${sent} of ${missing} missing blobs`, {
      cause: error,
      remedy: "What was sent stays there: the same command sends the rest.",
    });
  }
  if (!(error instanceof StoreError)) return error;
  const { message, remedy = "Once it answers, the same command sends the rest.", isTransient } = error;
  const code = isTransient ? "store-unreachable" : "store-refused";
  return new CausewayError(code, message, { cause: error, remedy });
}
