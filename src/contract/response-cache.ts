// The port behind the shared cache: where answers are kept between requests. It keeps and finds, and judges
// nothing; what may be stored or reused is decided above it (RFC 9111).

import type { ByteInterval } from "./platform.ts";

/** What is known of a kept answer without its body. Plain data, so that it can be written to disk. */
export interface StoredHead {
  /** The URL without fragment; for named caches the name and a line break stand before it. */
  key: string;
  /** Lower-case names of the request fields that the answer depends on (Vary). */
  vary: readonly string[];
  /** What the request said in those fields, normalised: tells the variants of one key apart. */
  variant: string;
  status: number;
  statusText: string;
  /** End-to-end fields, names in lower case. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Wall clock when the request went out and when the answer came, in ms. */
  requestedAtMs: number;
  receivedAtMs: number;
  /** Names under which the answer can be purged, from Cache-Tag. */
  tags: readonly string[];
}

/** A kept answer. Neither it nor its bytes may be written to. */
export interface StoredResponse extends StoredHead {
  /** Bytes of the body. */
  size: number;
  /** In memory, or to be read; undefined from `read`: it has been removed meanwhile. */
  body: Uint8Array | StoredBody;
}

/** A body that lies elsewhere than in memory. */
export interface StoredBody {
  read(interval?: ByteInterval): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined>;
}

/**
 * What is to be removed. `prefix` and `url` are compared with URLs, in every named cache, whether they say http or
 * https; those that begin with a slash are paths on every host.
 */
export type PurgeSelection =
  | { kind: "url"; url: string }
  | { kind: "prefix"; prefix: string }
  | { kind: "tag"; tag: string }
  | { kind: "all" };

/** Keeps answers within limits of its own; what was used longest ago makes room. */
export interface ResponseCache {
  /** Larger bodies are not kept. */
  readonly maxBodyBytes: number;
  /**
   * Variants under a key, the latest received first; all of them, unless one that `isWanted` is at hand sooner
   * than the rest. At once where nothing has to be waited for. Never rejects: what cannot be read is not there.
   */
  read(
    key: string,
    isWanted?: (head: StoredHead) => boolean,
  ): readonly StoredResponse[] | Promise<readonly StoredResponse[]>;
  /**
   * Keeps an answer in place of the same variant. Reads the body to its end or cancels it; false if it was
   * not kept. A body that fails is not kept, and the failure is not reported again.
   */
  write(head: StoredHead, body: Uint8Array | ReadableStream<Uint8Array>): Promise<boolean>;
  /** Changes what is known of a kept variant; its body stays. Nothing happens if it is gone. */
  update(head: StoredHead): Promise<void>;
  /** Removes one variant, or all of the key; whether there was any. */
  remove(key: string, variant?: string): Promise<boolean>;
  /** Removes what is selected; how many answers that were. */
  purge(selection: PurgeSelection): Promise<number>;
}

/** The URL of a key, whichever cache it belongs to. */
export function urlOfKey(key: string): string {
  return key.slice(key.indexOf("\n") + 1);
}

/** Whether an answer is meant by a selection. */
export function isSelected(
  { key, tags }: Pick<StoredHead, "key" | "tags">,
  selection: PurgeSelection,
): boolean {
  switch (selection.kind) {
    case "url":
      return comparableUrl(key, selection.url) === withoutScheme(selection.url);
    case "prefix":
      return comparableUrl(key, selection.prefix).startsWith(withoutScheme(selection.prefix));
    case "tag":
      return tags.includes(selection.tag);
    case "all":
      return true;
  }
}

/** The URL of a key in the form in which a selection names URLs. */
function comparableUrl(key: string, selected: string): string {
  const url = withoutScheme(urlOfKey(key));
  return selected.startsWith("/") ? url.slice(url.indexOf("/")) : url;
}

/** What ends TLS in front of a server decides under which of the two schemes it sees a URL. */
function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, "");
}
