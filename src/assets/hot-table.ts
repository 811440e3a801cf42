// Which requests can be answered before anybody looks at them closely? Plain ones for small files: their
// answers are remembered as the asset server gave them, so the bytes are the same by construction.

import type { AssetSection } from "../contract/site.ts";
import { parseRequestTarget } from "../http/request-target.ts";
import { createRuledHostFilter } from "../pages/match-header-rule.ts";
import { createHotEntry, type HotAnswer, type HotEntry } from "./hot-entry.ts";
import type { HotFields } from "./hot-fields.ts";
import { createLeastRecentCache } from "./least-recent.ts";
import type { AssetServer } from "./serve-assets.ts";

export type { HotAnswer } from "./hot-entry.ts";

/** A request as a server knows it before it builds a Request; its host has been checked. */
export interface HotRequest {
  readonly method: string;
  /** As received. */
  readonly target: string;
  /** Name and port. */
  readonly host: string;
  /** Asked for once, and last: servers read the fields only then. */
  readonly fields: HotFields;
}

export interface HotTable {
  /** The complete answer; undefined if the request must take the usual way. */
  find(request: HotRequest): HotAnswer | undefined;
  /** Remembers the answer for such requests, if there is one to remember; undefined if there is not. Never rejects. */
  learn(request: HotRequest): Promise<void> | undefined;
  /** Bytes held now. */
  readonly bytes: number;
}

export interface HotTableOptions {
  assets: Pick<AssetServer, "fetch" | "answers">;
  section: Pick<AssetSection, "headers">;
  /** Whether nothing but the static files answers this path: no function, no middleware. */
  isStatic(pathname: string): boolean;
  /** Whether a host gets the answers of any other; every host does by default. */
  isPlainHost?: (hostname: string) => boolean;
  /** All that is held; default 32 MiB. */
  maxBytes?: number;
  /** Larger files are sent by the store; default 1 MiB. */
  maxBodyBytes?: number;
}

const MEBIBYTE = 1024 * 1024;
/** What is known to have no answer here: so much, of at most so many characters. */
const MAX_REFUSALS = 4_096;
const MAX_KEY_LENGTH = 512;

/** Makes an empty table; it fills as paths are asked for. A new release needs a new table. */
export function createHotTable(options: HotTableOptions): HotTable {
  const { maxBytes = 32 * MEBIBYTE, maxBodyBytes = MEBIBYTE } = options;
  const entries = createLeastRecentCache<HotEntry>(maxBytes);
  const learning = new Set<string>();
  /** Paths, and paths with a spelling of Accept-Encoding. */
  const refusals = new Set<string>();
  const isOrdinary = createOrdinaryHostTest(options);

  async function remember(host: string, pathname: string, spelling: string): Promise<void> {
    learning.add(pathname);
    try {
      const request = new Request(`http://${host}${pathname}`, { headers: acceptedCodings(spelling) });
      if (!options.assets.answers(request)) return refuse(pathname);
      const entry = entries.get(pathname) ?? createHotEntry(maxBodyBytes);
      if (await entry.learn(request, options.assets.fetch)) entries.set(pathname, entry, entry.bytes);
      else refuse(refusalKey(pathname, spelling));
    } catch {
      // The usual way answers, and logs what is wrong with the store.
    } finally {
      learning.delete(pathname);
    }
  }

  /** When there are too many all are forgotten: they cost a look each until they are known again. */
  function refuse(key: string): void {
    if (refusals.size >= MAX_REFUSALS) refusals.clear();
    refusals.add(key);
  }

  function mayBeLearnt(pathname: string, target: string, spelling: string): boolean {
    if (learning.has(pathname)) return false;
    if (pathname.length + spelling.length > MAX_KEY_LENGTH || refusals.has(refusalKey(pathname, spelling)))
      return false;
    const known = entries.get(pathname);
    if (known !== undefined) return known.mayLearn(spelling);
    if (parseRequestTarget(target)?.pathname === pathname && options.isStatic(pathname)) return true;
    refuse(pathname);
    return false;
  }

  return {
    find(request) {
      const { method } = request;
      if (method !== "GET" && method !== "HEAD") return undefined;
      const entry = entries.get(pathOf(request.target));
      if (entry === undefined || !isOrdinary(request.host)) return undefined;
      const { fields } = request;
      return fields.isSpecial ? undefined : entry.find(method, fields);
    },
    learn(request) {
      if (request.method !== "GET") return undefined;
      const pathname = pathOf(request.target);
      if (refusals.has(pathname)) return undefined;
      const { target, host } = request;
      if (!isOrdinary(host)) return undefined;
      const { isSpecial, acceptEncoding } = request.fields;
      if (isSpecial || !mayBeLearnt(pathname, target, acceptEncoding)) return undefined;
      return remember(host, pathname, acceptEncoding);
    },
    get bytes() {
      return entries.bytes;
    },
  };
}

/**
 * A test for hosts whose answers are those of any other: none that a header rule names, and no preview (Pages
 * docs, "Preview deployments").
 */
function createOrdinaryHostTest({ section, isPlainHost = () => true }: HotTableOptions) {
  const isRuled = createRuledHostFilter(section.headers);
  let last: string | undefined;
  return (host: string): boolean => {
    if (host === last) return true;
    const hostname = URL.parse(`http://${host}/`)?.hostname;
    if (hostname === undefined || hostname.endsWith(".pages.dev") || isRuled(hostname)) return false;
    if (!isPlainHost(hostname)) return false;
    last = host;
    return true;
  };
}

/** Files know no query. */
function pathOf(target: string): string {
  const queryStart = target.indexOf("?");
  return queryStart < 0 ? target : target.slice(0, queryStart);
}

/** No pathname has a space. */
function refusalKey(pathname: string, spelling: string): string {
  return `${pathname} ${spelling}`;
}

/** Absent and empty get the same: plain bytes. */
function acceptedCodings(spelling: string): Record<string, string> {
  return spelling === "" ? {} : { "accept-encoding": spelling };
}
