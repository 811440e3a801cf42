// Notices that a new build lies in the place of the old one.

import { readFingerprint, readSite } from "./complete-build.ts";

const LOOK_EVERY_MS = 500;

export interface WatchOptions {
  everyMs?: number;
}

/**
 * Calls `onNewBuild` when the output directory holds a build of another id than `currentBuild()`, and has been
 * left alone for one interval. Returns a function that stops looking.
 */
export function watchBuild(
  outDir: string,
  currentBuild: () => string,
  onNewBuild: () => Promise<void>,
  { everyMs = LOOK_EVERY_MS }: WatchOptions = {},
): () => void {
  let seen: string | undefined;
  let handled: string | undefined;
  let isBusy = false;
  const look = async () => {
    const fingerprint = await readFingerprint(outDir);
    const isQuiet = fingerprint === seen;
    seen = fingerprint;
    if (fingerprint === undefined || !isQuiet || fingerprint === handled) return;
    // A build that failed is tried again when its files change.
    handled = fingerprint;
    if ((await readSite(outDir)).build !== currentBuild()) await onNewBuild();
  };
  const timer = setInterval(async () => {
    if (isBusy) return;
    isBusy = true;
    // Half a document, or one that cannot be read now: the next change will tell.
    await look().catch(() => {});
    isBusy = false;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
