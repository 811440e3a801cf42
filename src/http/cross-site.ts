// May a page of another site have sent this? Fetch Metadata (Sec-Fetch-Site) where the browser tells, else Origin.
// Neither depends on the type of the body, which attackers choose.

import { isOriginOfHost, type OriginPattern } from "./origin.ts";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What of a request tells whose page sent it. */
export interface SenderFacts {
  method: string;
  /** Sec-Fetch-Site. */
  site: string | null;
  origin: string | null;
  /** As the client named this server. */
  host: string;
  /** Asks for a WebSocket, which browsers open to other sites without asking. */
  isUpgrade: boolean;
}

/** Whether a request changes something on the word of a page that is not trusted. */
export function isForged(facts: SenderFacts, trusted: readonly OriginPattern[]): boolean {
  const { method, site, origin, host, isUpgrade } = facts;
  if (SAFE_METHODS.has(method) && !isUpgrade) return false;
  // `none` is the person: an address that was typed, a bookmark.
  if (site === "same-origin" || site === "none") return false;
  if (origin !== null && trusted.some((matches) => matches(origin.toLowerCase()))) return false;
  if (site !== null) return true;
  // Browsers send Origin with all but GET and HEAD; who sends neither field is no browser.
  return origin !== null && !isOriginOfHost(origin.toLowerCase(), host);
}
