// Under which path does a content-addressed store keep a blob?

/** `/<first two hex>/<sha256>`; undefined for what is no hash and must not become a path. */
export function blobPath(hash: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(hash) ? `/${hash.slice(0, 2)}/${hash}` : undefined;
}
