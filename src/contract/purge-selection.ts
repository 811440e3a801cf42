// Is this a purge? Selections come as JSON from the command line, from other nodes and from functions.

import type { PurgeSelection } from "./response-cache.ts";

/** The selection that a document describes; undefined if it describes none. */
export function parsePurgeSelection(document: unknown): PurgeSelection | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { kind, url, prefix, tag } = document as Record<string, unknown>;
  if (kind === "all") return { kind };
  if (kind === "tag") return isText(tag) ? { kind, tag } : undefined;
  if (kind === "url") return isText(url) ? { kind, url: normalizeUrl(url) } : undefined;
  if (kind === "prefix") return isText(prefix) ? { kind, prefix: normalizeUrl(prefix) } : undefined;
  return undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** As keys have it: host in lower case, no default port, no fragment. Texts that are no URL stay as they are. */
function normalizeUrl(text: string): string {
  const base = text.startsWith("/") && !text.startsWith("//") ? "http://host.invalid" : undefined;
  if (!URL.canParse(text, base)) return text;
  const url = new URL(text, base);
  url.hash = "";
  return base === undefined ? url.href : url.href.slice(base.length);
}
