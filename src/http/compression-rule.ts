// Is an answer one that may be compressed on its way out? RFC 9110 §8.4, §12.5.3; RFC 9111 §5.2.2.6.

import { parseCacheControl } from "./cache-control.ts";
import { isCompressibleType } from "./compressible-type.ts";
import { addVary } from "./vary.ts";

/** Bytes between which compression pays. */
export interface SizeWindow {
  minBytes: number;
  maxBytes: number;
}

/**
 * What stands in the way for good: another coding, a part of something, the offer of parts, digests of these
 * very bytes.
 */
const EXCLUDING_FIELDS = [
  "content-encoding",
  "content-range",
  "accept-ranges",
  "content-digest",
  "content-md5",
];

/** Statuses whose answers have no content of their own, or a part only. */
const EXCLUDED_STATUSES: ReadonlySet<number> = new Set([101, 204, 205, 206, 304]);

/**
 * Whether the answer is sent in different codings to different clients. This depends on the answer alone,
 * so that every client is told the same Vary. Event streams are never compressed.
 */
export function isNegotiable(status: number, headers: Headers, window: SizeWindow): boolean {
  if (EXCLUDED_STATUSES.has(status) || EXCLUDING_FIELDS.some((name) => headers.has(name))) return false;
  if (!isCompressibleType(headers.get("content-type") ?? "")) return false;
  if (parseCacheControl(headers.get("cache-control")).has("no-transform")) return false;
  return isWithin(headers.get("content-length"), window);
}

/** A length that is not declared may be any. */
function isWithin(contentLength: string | null, { minBytes, maxBytes }: SizeWindow): boolean {
  if (contentLength === null) return true;
  const bytes = Number(contentLength);
  return bytes >= minBytes && bytes <= maxBytes;
}

/** The headers of the compressed form: its length is another, its bytes are no longer what a strong tag named. */
export function describeCompressed(headers: Headers, coding: string): Headers {
  const described = new Headers(headers);
  addVary(described, "Accept-Encoding");
  described.set("content-encoding", coding);
  described.delete("content-length");
  const tag = described.get("etag");
  if (tag?.startsWith('"')) described.set("etag", `W/${tag}`);
  return described;
}
