// How do blobs get into an S3-compatible bucket? Listed folder by folder, uploaded with their SHA-256 in the
// signature and as a checksum, so that the server refuses what was damaged on the way.

import type { AssetTarget, BlobReference } from "../../contract/platform.ts";
import { blobPath } from "./blob-path.ts";
import {
  createS3Fetch,
  explainS3,
  readS3Refusal,
  type S3Options,
  s3Bucket,
  s3Folder,
  s3Prefix,
} from "./s3-client.ts";
import { askStore, type StoreFetch } from "./store-request.ts";
import { hexToBase64, uploadTimeoutMs } from "./upload.ts";

const LIST_TIMEOUT_MS = 30_000;

/** Uploads to `<bucket>/<prefix>/<first two hex>/<sha256>`; needs the package aws4fetch. */
export async function createS3Target(options: S3Options): Promise<AssetTarget> {
  const fetch = await createS3Fetch(options);
  return {
    find: (blobs) => listFolder(fetch, options, blobs),
    put: (blob, content, signal) => putObject(fetch, options, blob, content, signal),
  };
}

/** ListObjectsV2 until its last page. The hash is the name, and what is listed is complete. */
async function listFolder(
  fetch: StoreFetch,
  options: S3Options,
  blobs: readonly BlobReference[],
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const path = blobPath(blobs[0]?.hash ?? "");
  if (path === undefined) return sizes;
  const prefix = `${s3Prefix(options)}/${path.slice(1, 4)}`.replace(/^\//, "");
  let token: string | undefined;
  do {
    const page: string = await fetchPage(fetch, options, prefix, token);
    for (const [, entry = ""] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const hash = /<Key>[^<]*?([0-9a-f]{64})<\/Key>/.exec(entry)?.[1];
      const size = /<Size>(\d+)<\/Size>/.exec(entry)?.[1];
      if (hash !== undefined && size !== undefined) sizes.set(hash, Number(size));
    }
    token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1]?.replaceAll("&amp;", "&");
  } while (token !== undefined);
  return sizes;
}

async function fetchPage(
  fetch: StoreFetch,
  options: S3Options,
  prefix: string,
  token: string | undefined,
): Promise<string> {
  const query = new URLSearchParams({ "list-type": "2", prefix });
  if (token !== undefined) query.set("continuation-token", token);
  const url = `${s3Bucket(options)}?${query}`;
  const response = await askStore(fetch, { url, init: {}, action: "list", timeoutMs: LIST_TIMEOUT_MS });
  if (!response.ok) throw explainS3(options, await readS3Refusal(response), "list", s3Bucket(options));
  return response.text();
}

async function putObject(
  fetch: StoreFetch,
  options: S3Options,
  { hash, size }: BlobReference,
  content: Blob,
  signal: AbortSignal,
): Promise<void> {
  const url = s3Folder(options) + blobPath(hash);
  const headers = {
    "content-type": "application/octet-stream",
    "cache-control": "public, max-age=31536000, immutable",
    "x-amz-content-sha256": hash,
    "x-amz-checksum-sha256": hexToBase64(hash),
  };
  const init = { method: "PUT", headers, body: content, signal };
  const response = await askStore(fetch, { url, init, action: "upload", timeoutMs: uploadTimeoutMs(size) });
  if (!response.ok) throw explainS3(options, await readS3Refusal(response), "upload", url);
  await response.body?.cancel();
}
