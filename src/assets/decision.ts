// What is a request for static files answered with? Decided from the manifest and the rules alone, before
// anything is read.

import type { RedirectRule } from "../contract/site.ts";
import type { ContentLookup } from "../pages/asset-place.ts";
import type { RedirectLookup } from "../pages/match-redirect.ts";
import type { FallbackFinder } from "../pages/not-found.ts";

/** A redirect by a rule of `_redirects`, or by the path of a page to its one address. */
export interface RedirectDecision {
  kind: "redirect";
  status: Exclude<RedirectRule["status"], 200>;
  location: string;
  byRule: boolean;
}

/** A file of the manifest; as a fallback it stands in for one that is missing. */
export interface FileDecision {
  kind: "file";
  path: string;
  status: 200 | 404;
  isFallback: boolean;
}

/** One way to answer. A rewrite that leads nowhere was still meant to be answered from here. */
export type AssetDecision =
  | RedirectDecision
  | FileDecision
  | { kind: "refused-method" }
  | { kind: "missing"; isRewritten: boolean };

/** Decides for one request. `fallbackFor` names the page that stands in for a missing file. */
export type Decider = (method: string, url: URL, fallbackFor: FallbackFinder) => AssetDecision;

/** What decisions rest on. */
export interface DecisionGrounds {
  contentAt: ContentLookup;
  redirectFor: RedirectLookup;
}

/** Files answer no other methods. */
export function isReadMethod(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
