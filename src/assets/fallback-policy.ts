// May a page stand in for this missing file? On Pages an application's page answers every path with 200,
// a missing script too, which browsers then fail to read as a script; `navigationFallbackOnly` ends that.

import type { AssetSection } from "../contract/site.ts";
import { createFallbackFinder, type FallbackFinder } from "../pages/not-found.ts";
import { isNavigation } from "./navigation.ts";

export interface FallbackPolicyOptions {
  /** Paths at or below functions: with `navigationFallbackOnly` no page hides that a function is missing. */
  isFunctionPath?: (pathname: string) => boolean;
}

/** Narrows the fallback to what a request may get. Error pages tell the truth by their status: always allowed. */
export function createFallbackPolicy(
  assets: Pick<AssetSection, "notFound" | "navigationFallbackOnly">,
  files: Iterable<string>,
  { isFunctionPath = () => false }: FallbackPolicyOptions,
): (request: Request, url: URL) => FallbackFinder {
  const fallbackFor = createFallbackFinder(assets.notFound, files);
  if (!assets.navigationFallbackOnly) return () => fallbackFor;
  return (request, url) => (path) => {
    const fallback = fallbackFor(path);
    if (fallback?.status !== 200) return fallback;
    return isNavigation(request) && !isFunctionPath(url.pathname) ? fallback : undefined;
  };
}
