// What uploads to remote stores have in common: how long they may take, and how a hash is written.

const BASE_TIMEOUT_MS = 30_000;
/** A link slower than this is not waited for: 64 KiB/s. */
const MIN_BYTES_PER_MS = 64;

/** How long an upload of this size may take. */
export function uploadTimeoutMs(sizeBytes: number): number {
  return BASE_TIMEOUT_MS + Math.ceil(sizeBytes / MIN_BYTES_PER_MS);
}

/** A hash as checksum fields carry it. */
export function hexToBase64(hex: string): string {
  const pairs = hex.match(/../g) ?? [];
  return btoa(String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16))));
}
