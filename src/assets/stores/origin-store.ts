// Where do assets live when another HTTP server keeps them? Under `<base>/<first two hex>/<sha256>`.

import type { AssetStore, BlobReference, ByteInterval } from "../../contract/platform.ts";
import { blobPath } from "./blob-path.ts";
import { sliceStream } from "./slice-stream.ts";

export interface OriginStoreOptions {
  /** The folder of blobs; a slash at its end does not matter. */
  base: string;
  /** Sends the requests; replaced by stores that sign them. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How long the origin may take until it begins to answer; default 10 s. */
  timeoutMs?: number;
}

/** Answers that mean "no such blob"; S3 says 403 to those who may not list the bucket. */
const ABSENT: ReadonlySet<number> = new Set([403, 404, 410]);

/** Serves blobs from an HTTP origin. Throws where the origin fails, which is not the same as having nothing. */
export function createOriginStore(options: OriginStoreOptions): AssetStore {
  const { fetch = fetchPlain, timeoutMs = 10_000 } = options;
  const base = options.base.replace(/\/+$/, "");
  return {
    async read(blob, interval) {
      const path = blobPath(blob.hash);
      if (path === undefined) return undefined;
      const init = { headers: fieldsFor(blob, interval), redirect: "error" } as const;
      const response = await fetchInTime(fetch, base + path, init, timeoutMs);
      return takeBody(response, blob, interval, path);
    },
  };
}

function fieldsFor(blob: BlobReference, interval: ByteInterval | undefined): Record<string, string> {
  if (!interval || interval.end - interval.start === blob.size || interval.end === interval.start) return {};
  return { range: `bytes=${interval.start}-${interval.end - 1}` };
}

/**
 * A coding on the way would only be undone again. With Range, fetch itself asks for plain bytes; a second
 * time would break signatures, so this is not done for all stores.
 */
function fetchPlain(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("range")) headers.set("accept-encoding", "identity");
  return globalThis.fetch(url, { ...init, headers });
}

async function fetchInTime(
  fetch: NonNullable<OriginStoreOptions["fetch"]>,
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<Response> {
  const controller = new AbortController();
  // Only until the head is there: a slow reader may take its time with the body.
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await fetch(url, { ...init, signal: controller.signal });
  } catch (cause) {
    throw new Error(`Cannot read "${url}": the origin is unreachable`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function takeBody(
  response: Response,
  blob: BlobReference,
  interval: ByteInterval | undefined,
  path: string,
): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined> {
  if (response.status === 200 && hasLength(response, blob.size)) {
    if (!response.body) return new Uint8Array();
    return interval ? sliceStream(response.body, interval) : response.body;
  }
  if (response.status === 206 && interval && isRange(response, interval, blob.size)) {
    return response.body ?? new Uint8Array();
  }
  await response.body?.cancel();
  if (ABSENT.has(response.status)) return undefined;
  throw new Error(
    `Cannot read "${path}": the origin answered ${response.status} with other bytes than asked for`,
  );
}

function hasLength({ headers }: Response, size: number): boolean {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") || Number(length) === size;
}

function isRange({ headers }: Response, { start, end }: ByteInterval, size: number): boolean {
  return headers.get("content-range") === `bytes ${start}-${end - 1}/${size}`;
}
