// Which requests can be answered before anybody looks at them closely? Plain ones for small files: their
// answers are remembered as the asset server gave them, so the bytes are the same by construction.

import type { AssetSection } from "../contract/site.ts";
import { parseRequestTarget } from "../http/request-target.ts";
import { createHotEntry, type HotAnswer, type HotEntry } from "./hot-entry.ts";
import { createLeastRecentCache } from "./least-recent.ts";
import type { AssetServer } from "./serve-assets.ts";

export type { HotAnswer } from "./hot-entry.ts";

/** A request as a server knows it before it builds a Request; its Host field has been checked. */
export interface HotRequest {
  method: string;
  /** As received. */
  target: string;
  /** Values by lower-case name, as Node has them. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface HotTable {
  /** The complete answer; undefined if the request must take the usual way. */
  find(request: HotRequest): HotAnswer | undefined;
  /** Remembers the answer for such requests, if there is one to remember. Never rejects. */
  learn(request: HotRequest): Promise<void>;
  /** Bytes held now. */
  readonly bytes: number;
}

export interface HotTableOptions {
  assets: Pick<AssetServer, "fetch" | "answers">;
  section: Pick<AssetSection, "headers">;
  /** Whether nothing but the static files answers this path: no function, no middleware. */
  isStatic(pathname: string): boolean;
  /** All that is held; default 32 MiB. */
  maxBytes?: number;
  /** Larger files are sent by the store; default 256 KiB. */
  maxBodyBytes?: number;
}

/** Fields on which an answer for a file depends in more ways than are remembered. */
const SPECIAL_FIELDS = [
  "range",
  "authorization",
  "if-match",
  "if-unmodified-since",
  "if-range",
  "content-length",
  "transfer-encoding",
  "expect",
  "upgrade",
] as const;

const KIBIBYTE = 1024;

/** Makes an empty table; it fills as paths are asked for. A new release needs a new table. */
export function createHotTable(options: HotTableOptions): HotTable {
  const { maxBytes = 32 * KIBIBYTE * KIBIBYTE, maxBodyBytes = 256 * KIBIBYTE } = options;
  const entries = createLeastRecentCache<HotEntry>(maxBytes);
  const learning = new Set<string>();
  // Rules for one host would make the answer depend on the Host field.
  const isHostBlind = options.section.headers.every((rule) => rule.host === undefined);

  async function remember(pathname: string, acceptEncoding: string | undefined): Promise<void> {
    const request = new Request(`http://localhost${pathname}`, { headers: acceptedCodings(acceptEncoding) });
    if (!options.isStatic(pathname) || !options.assets.answers(request)) return;
    const entry = entries.get(pathname) ?? createHotEntry(maxBodyBytes);
    if (await entry.learn(request, options.assets.fetch)) entries.set(pathname, entry, entry.bytes);
  }

  return {
    find({ method, target, headers }) {
      if ((method !== "GET" && method !== "HEAD") || isSpecial(headers)) return undefined;
      return entries.get(pathOf(target))?.find(method, headers);
    },
    async learn({ method, target, headers }) {
      const pathname = pathOf(target);
      if (!isHostBlind || method !== "GET" || isSpecial(headers) || learning.has(pathname)) return;
      if (parseRequestTarget(target)?.pathname !== pathname) return;
      learning.add(pathname);
      try {
        await remember(pathname, single(headers["accept-encoding"]));
      } catch {
        // The usual way answers, and logs what is wrong with the store.
      } finally {
        learning.delete(pathname);
      }
    },
    get bytes() {
      return entries.bytes;
    },
  };
}

/** Node joins the lines of most fields itself; other servers may not. */
function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The host of a preview changes the answer (Pages docs, "Preview deployments"). */
function isSpecial(headers: HotRequest["headers"]): boolean {
  for (const name of SPECIAL_FIELDS) if (headers[name] !== undefined) return true;
  const { host } = headers;
  return typeof host !== "string" || host.includes(".pages.dev");
}

/** Files know no query. */
function pathOf(target: string): string {
  const queryStart = target.indexOf("?");
  return queryStart < 0 ? target : target.slice(0, queryStart);
}

function acceptedCodings(acceptEncoding: string | undefined): Record<string, string> {
  return acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding };
}
