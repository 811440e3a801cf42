// The static files as a server: decide from manifest and rules, then answer.

import type { AssetStore } from "../contract/platform.ts";
import type { AssetSection } from "../contract/site.ts";
import { asDecodedPath } from "../http/request-target.ts";
import { createHeaderRuleApplier } from "../pages/match-header-rule.ts";
import { createRedirectLookup } from "../pages/match-redirect.ts";
import { createAnswerer, type FileLookup } from "./answer-decision.ts";
import { createIndexDecider } from "./decide-index.ts";
import { createPagesDecider } from "./decide-pages.ts";
import { createWorkersDecider } from "./decide-workers.ts";
import { type Decider, isReadMethod } from "./decision.ts";
import { createFallbackPolicy, type FallbackPolicyOptions } from "./fallback-policy.ts";

/** Static files behind one function. */
export interface AssetServer {
  /** The answer for the client: redirects are returned, not followed. Nothing a client sends makes it throw. */
  fetch(request: Request): Promise<Response>;
  /**
   * Whether a file, a redirect or a rewrite answers. A page that stands in for a missing file is an answer
   * only if `fallbackCounts`.
   */
  answers(request: Request, fallbackCounts?: boolean): boolean;
  /** What the page at an address loads first: the `Link` that its answer will have. Pages that stand in have none. */
  linksAt(request: Request): string | undefined;
  /**
   * The answer where neither file nor rule exists, for a path that must not be looked up: a spelling that
   * would pass by the functions in front of a file.
   */
  fetchMissing(request: Request): Promise<Response>;
}

/** Compiles manifest and rules once; a change of either needs a new server. */
export function createAssetServer(
  assets: AssetSection,
  store: AssetStore,
  options: FallbackPolicyOptions = {},
): AssetServer {
  // Own members only: `/__proto__` is a path like any other. A copy as a Map would cost tens of thousands of
  // files a part of their start.
  const fileAt: FileLookup = (path) => (Object.hasOwn(assets.files, path) ? assets.files[path] : undefined);
  const decide = createDecider(assets, fileAt);
  // The names alone: a list that is read as far as it is used has looked at no file for them.
  const policy = createFallbackPolicy(assets, Reflect.ownKeys(assets.files) as string[], options);
  const answer = createAnswerer(assets, fileAt, store);
  const applyRules = createHeaderRuleApplier(assets.headers);
  return {
    async fetch(request) {
      const url = new URL(request.url);
      return answer(request, url, decide(request.method, url, policy(request, url)));
    },
    answers(request, fallbackCounts = false) {
      const url = new URL(request.url);
      const fallbackFor = fallbackCounts ? policy(request, url) : () => undefined;
      const decision = decide(request.method, url, fallbackFor);
      return decision.kind !== "missing" || decision.isRewritten;
    },
    linksAt(request) {
      const url = new URL(request.url);
      const decision = decide("GET", url, () => undefined);
      const links = decision.kind === "file" ? fileAt(decision.path)?.links : undefined;
      if (links === undefined) return undefined;
      const headers = new Headers({ link: links });
      applyRules(headers, url.hostname, url.pathname);
      // What a rule has changed is not ours to announce.
      return headers.get("link") === links ? links : undefined;
    },
    async fetchMissing(request) {
      const url = new URL(request.url);
      return answer(request, url, decideMissing(request.method, url, policy(request, url)));
    },
  };
}

const decideMissing: Decider = (method, url, fallbackFor) => {
  if (!isReadMethod(method)) return { kind: "refused-method" };
  const fallback = fallbackFor(asDecodedPath(url.pathname));
  if (fallback === undefined) return { kind: "missing", isRewritten: false };
  return { kind: "file", ...fallback, isFallback: true };
};

function createDecider(assets: AssetSection, fileAt: FileLookup): Decider {
  const grounds = {
    contentAt: (path: string) => fileAt(path)?.hash,
    redirectFor: createRedirectLookup(assets.redirects),
  };
  const { htmlHandling } = assets;
  if (htmlHandling === "pages") return createPagesDecider(grounds);
  return htmlHandling === "index" ? createIndexDecider(grounds) : createWorkersDecider(htmlHandling, grounds);
}
