// Which file answers a path on Pages, and where does its pretty address lie? Pages docs, "Serving Pages".

import { type ContentLookup, encodeAssetPath, type Place } from "./asset-place.ts";

/** Pages' rules: `.html` and `/index` disappear from addresses, an index.html answers under its slash. */
export function findPagesPlace(path: string, contentAt: ContentLookup): Place | undefined {
  if (path.endsWith("/")) return findDirectory(path, contentAt);
  if (contentAt(path) !== undefined) return placeFile(path, contentAt);
  // Even where nothing is: Pages leaves it to the second request to say so.
  if (path.endsWith("/index")) return { kind: "redirect", path: path.slice(0, -"index".length) };
  if (contentAt(`${path}.html`) !== undefined) return { kind: "file", path: `${path}.html` };
  if (contentAt(`${path}/index.html`) !== undefined) return { kind: "redirect", path: `${path}/` };
  return undefined;
}

function findDirectory(path: string, contentAt: ContentLookup): Place | undefined {
  if (contentAt(`${path}index.html`) !== undefined) return { kind: "file", path: `${path}index.html` };
  if (path.endsWith("/index/")) return { kind: "redirect", path: path.slice(0, -"index/".length) };
  const page = path.slice(0, -1);
  return contentAt(`${page}.html`) === undefined ? undefined : { kind: "redirect", path: page };
}

/** A page keeps its extension only where its pretty address is taken by another file. */
function placeFile(path: string, contentAt: ContentLookup): Place {
  if (!path.endsWith(".html")) return { kind: "file", path };
  const pretty = path.slice(0, -".html".length);
  if (pretty.endsWith("/index")) return { kind: "redirect", path: pretty.slice(0, -"index".length) };
  if (pretty === "/" || contentAt(pretty) !== undefined) return { kind: "file", path };
  return { kind: "redirect", path: pretty };
}

/** The address of a redirect. What is decoded may begin like another host (`//`, `/\\`): one slash stays of it. */
export function formatPagesLocation(path: string): string {
  return encodeAssetPath(path.replace(/^[/\\\t]+/, "/"));
}
