// Where do assets live when another HTTP server keeps them? Under `<base>/<first two hex>/<sha256>`.

import type { AssetStore, BlobReference, ByteInterval } from "../../contract/platform.ts";
import { StoreError } from "../../contract/store-error.ts";
import { blobPath } from "./blob-path.ts";
import { sliceStream } from "./slice-stream.ts";
import { askStore, refusal, type StoreFetch, withoutStall } from "./store-request.ts";

export interface OriginStoreOptions {
  /** The folder of blobs; a slash at its end does not matter. */
  base: string;
  /** Sends the requests; replaced by stores that sign them. */
  fetch?: StoreFetch;
  /** How long the origin may take until it begins to answer, and between two pieces; default 10 s. */
  timeoutMs?: number;
  /** What an answer that brings no bytes means; undefined: the blob is not there. By default its status decides. */
  explain?: (response: Response, action: string, url: string) => Promise<StoreError | undefined>;
}

/** Answers that mean "no such blob": some say 403 to those who may not list the folder. */
const ABSENT: ReadonlySet<number> = new Set([403, 404, 410]);

/** Serves blobs from an HTTP origin. Throws where the origin fails, which is not the same as having nothing. */
export function createOriginStore(options: OriginStoreOptions): AssetStore {
  const { fetch = createOriginFetch(), timeoutMs = 10_000, explain = explainStatus } = options;
  const base = options.base.replace(/\/+$/, "");
  return {
    async read(blob, interval) {
      const path = blobPath(blob.hash);
      if (path === undefined) return undefined;
      const url = base + path;
      const init = { headers: fieldsFor(blob, interval) };
      const response = await askStore(fetch, { url, init, action: "read", timeoutMs });
      const body = takeBody(response, blob, interval);
      if (body instanceof Uint8Array) return body;
      if (body !== undefined) return withoutStall(body, timeoutMs);
      return failUnlessAbsent(response, url, explain);
    },
  };
}

/** A fetch for plain HTTP servers, with a bearer token where they want one. */
export function createOriginFetch(token?: string): StoreFetch {
  return (url, init) => {
    const headers = new Headers(init.headers);
    // A coding on the way would only be undone again. With Range, fetch itself asks for plain bytes; a second
    // time would break signatures, so this is not done for all stores.
    if (!headers.has("range")) headers.set("accept-encoding", "identity");
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    return globalThis.fetch(url, { ...init, headers });
  };
}

function fieldsFor(blob: BlobReference, interval: ByteInterval | undefined): Record<string, string> {
  if (!interval || interval.end - interval.start === blob.size || interval.end === interval.start) return {};
  return { range: `bytes=${interval.start}-${interval.end - 1}` };
}

/** Undefined if these are not the bytes that were asked for. */
function takeBody(
  response: Response,
  blob: BlobReference,
  interval: ByteInterval | undefined,
): Uint8Array | ReadableStream<Uint8Array> | undefined {
  const { status, body } = response;
  if (status === 200 && hasLength(response, blob.size)) {
    if (!body) return new Uint8Array();
    return interval ? sliceStream(body, interval) : body;
  }
  if (status === 206 && interval && isRange(response, interval, blob.size)) return body ?? new Uint8Array();
  return undefined;
}

async function failUnlessAbsent(
  response: Response,
  url: string,
  explain: NonNullable<OriginStoreOptions["explain"]>,
): Promise<undefined> {
  if (response.status >= 200 && response.status < 300) {
    await response.body?.cancel();
    const message = `Cannot read "${url}": the origin answered ${response.status} with other bytes than asked for`;
    throw new StoreError(message, { isTransient: false });
  }
  const error = await explain(response, "read", url);
  if (error) throw error;
}

async function explainStatus(
  response: Response,
  action: string,
  url: string,
): Promise<StoreError | undefined> {
  await response.body?.cancel();
  return ABSENT.has(response.status) ? undefined : refusal(action, url, response.status);
}

function hasLength({ headers }: Response, size: number): boolean {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") || Number(length) === size;
}

function isRange({ headers }: Response, { start, end }: ByteInterval, size: number): boolean {
  return headers.get("content-range") === `bytes ${start}-${end - 1}/${size}`;
}
