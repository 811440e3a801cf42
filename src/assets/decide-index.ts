// How does a plain web server answer a path: rules, then method, then the file of that name, or a directory's
// index.html under its slash.

import { asDecodedPath } from "../http/request-target.ts";
import { encodeAssetPath } from "../pages/asset-place.ts";
import { type Decider, type DecisionGrounds, isReadMethod } from "./decision.ts";

/** Every spelling of a path is served in place; only a directory's slash is insisted on, for relative links. */
export function createIndexDecider({ contentAt, redirectFor }: DecisionGrounds): Decider {
  return (method, url, fallbackFor) => {
    const rule = redirectFor(url);
    if (rule?.kind === "redirect") return { ...rule, byRule: true };
    if (!isReadMethod(method)) return { kind: "refused-method" };
    const path = asDecodedPath(rule?.pathname ?? url.pathname);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    if (contentAt(file) !== undefined) return { kind: "file", path: file, status: 200, isFallback: false };
    if (contentAt(`${path}/index.html`) !== undefined) {
      const location = `${encodeAssetPath(path)}/${url.search}`;
      return { kind: "redirect", status: 301, location, byRule: false };
    }
    const fallback = fallbackFor(path);
    if (fallback === undefined) return { kind: "missing", isRewritten: rule !== undefined };
    return { kind: "file", ...fallback, isFallback: true };
  };
}
