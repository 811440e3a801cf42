// How do blobs get onto an HTTP server? By PUT, with a digest that it may check (RFC 9530), and a HEAD before
// and after: a server may keep what it got of a broken upload, so only an object of full size counts as there.

import type { AssetTarget, BlobReference } from "../../contract/platform.ts";
import { StoreError } from "../../contract/store-error.ts";
import { blobPath } from "./blob-path.ts";
import { askStore, refusal, type StoreFetch, type StoreRequest } from "./store-request.ts";
import { hexToBase64, uploadTimeoutMs } from "./upload.ts";

const HEAD_TIMEOUT_MS = 30_000;
/** Requests at the same time within one folder. */
const MAX_PARALLEL_HEADS = 8;

export interface OriginTargetOptions {
  /** The folder of blobs, without a slash at its end. */
  base: string;
  fetch: StoreFetch;
}

/** Uploads to `<base>/<first two hex>/<sha256>`. */
export function createOriginTarget({ base, fetch }: OriginTargetOptions): AssetTarget {
  const urlOf = ({ hash }: BlobReference) => base + blobPath(hash);
  const ask = async (request: Omit<StoreRequest, "init">, init: RequestInit) => {
    const response = await askStore(fetch, { ...request, init });
    await response.body?.cancel();
    return response;
  };

  /** Undefined if it is not there, or its size is not told. */
  async function sizeOf(blob: BlobReference, signal?: AbortSignal): Promise<number | undefined> {
    const request = { url: urlOf(blob), action: "look for", timeoutMs: HEAD_TIMEOUT_MS };
    const init = { method: "HEAD", ...(signal && { signal }) };
    const { status, headers } = await ask(request, init);
    if (status === 404 || status === 410) return undefined;
    if (status !== 200) throw explainRefusal("look for", request.url, status);
    const length = headers.get("content-length");
    return length === null ? undefined : Number(length);
  }

  return {
    async find(blobs) {
      const sizes = new Map<string, number>();
      const queue = [...blobs];
      const run = async () => {
        for (let blob = queue.pop(); blob !== undefined; blob = queue.pop()) {
          const size = await sizeOf(blob);
          if (size !== undefined) sizes.set(blob.hash, size);
        }
      };
      await Promise.all(Array.from({ length: MAX_PARALLEL_HEADS }, run));
      return sizes;
    },
    async put(blob, content, signal) {
      const url = urlOf(blob);
      const digest = `sha-256=:${hexToBase64(blob.hash)}:`;
      const headers = { "content-type": "application/octet-stream", "repr-digest": digest };
      const timeoutMs = uploadTimeoutMs(blob.size);
      const init = { method: "PUT", headers, body: content, signal };
      const { status } = await ask({ url, action: "upload", timeoutMs }, init);
      if (status < 200 || status >= 300) throw explainRefusal("upload", url, status);
      const size = await sizeOf(blob, signal);
      if (size === blob.size) return;
      const found = size === undefined ? "nothing" : `${size} bytes`;
      throw new StoreError(`Cannot upload "${url}": the origin has ${found} of ${blob.size}`, {
        isTransient: true,
      });
    },
  };
}

function explainRefusal(action: string, url: string, status: number): StoreError {
  const { message, isTransient } = refusal(action, url, status);
  if (status === 401 || status === 403) {
    const remedy = "Set CAUSEWAY_ASSET_STORE_TOKEN to a token that may do that.";
    return new StoreError(message, { isTransient, remedy });
  }
  if (status === 405 || status === 501) {
    return new StoreError(message, { isTransient: false, remedy: "It must take PUT below that address." });
  }
  return new StoreError(message, { isTransient });
}
