// How do Workers answer a path: rules, then files, then method. Workers docs, "Static assets".

import { encodeAssetPath, type WorkersHtmlHandling } from "../pages/asset-place.ts";
import type { FallbackFinder } from "../pages/not-found.ts";
import { createWorkersPlaceFinder, decodeWorkersPath } from "../pages/workers-paths.ts";
import { type Decider, type DecisionGrounds, type FileDecision, isReadMethod } from "./decision.ts";

/** A file, or the decoded path to ask for instead. */
type Finding = FileDecision | { kind: "redirect"; path: string };

/** A file is served under one spelling of its path; the others are redirected to it. */
export function createWorkersDecider(
  mode: WorkersHtmlHandling,
  { contentAt, redirectFor }: DecisionGrounds,
): Decider {
  const findPlace = createWorkersPlaceFinder(mode);
  const find = (path: string, fallbackFor: FallbackFinder): Finding | undefined => {
    const place = findPlace(path, contentAt);
    if (place?.kind === "redirect") return place;
    if (place !== undefined) return { ...place, status: 200, isFallback: false };
    const fallback = fallbackFor(path);
    return fallback && { kind: "file", ...fallback, isFallback: true };
  };
  return (method, url, fallbackFor) => {
    const rule = redirectFor(url);
    if (rule?.kind === "redirect") return { ...rule, byRule: true };
    const pathname = rule?.pathname ?? url.pathname;
    const path = decodeWorkersPath(pathname);
    const found = find(path, fallbackFor);
    if (found === undefined) return { kind: "missing", isRewritten: rule !== undefined };
    if (!isReadMethod(method)) return { kind: "refused-method" };
    const canonical = encodeAssetPath(found.kind === "redirect" ? found.path : path);
    if (found.kind === "file" && canonical === pathname) return found;
    return { kind: "redirect", status: 307, location: canonical + url.search, byRule: false };
  };
}
