// How does Pages answer a path: rules, then method, then files. Pages docs, "Serving Pages", "Redirects".

import { decodePath, resolvePath } from "../http/request-target.ts";
import { findPagesPlace, formatPagesLocation } from "../pages/pages-paths.ts";
import { type Decider, type DecisionGrounds, isReadMethod } from "./decision.ts";

/**
 * A path that decodes to a file is served as it is, without a canonical redirect. The rules look at the path
 * as it was decoded, so `/about//` is no page; names of files are resolved, so `//` still finds `/index.html`.
 */
export function createPagesDecider({ contentAt, redirectFor }: DecisionGrounds): Decider {
  const contentNamed = (name: string) => contentAt(resolvePath(name));
  return (method, url, fallbackFor) => {
    const rule = redirectFor(url);
    if (rule?.kind === "redirect") return { ...rule, byRule: true };
    if (!isReadMethod(method)) return { kind: "refused-method" };
    const path = decodePath(rule?.pathname ?? url.pathname);
    const place = findPagesPlace(path, contentNamed);
    if (place?.kind === "file")
      return { kind: "file", path: resolvePath(place.path), status: 200, isFallback: false };
    if (place?.kind === "redirect") {
      return {
        kind: "redirect",
        status: 308,
        location: formatPagesLocation(place.path) + url.search,
        byRule: false,
      };
    }
    const fallback = fallbackFor(path);
    if (fallback === undefined) return { kind: "missing", isRewritten: rule !== undefined };
    return { kind: "file", ...fallback, isFallback: true };
  };
}
