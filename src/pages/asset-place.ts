// Where does the answer to a path lie? The vocabulary that Pages' and Workers' ways of finding files share.

import type { HtmlHandling } from "../contract/site.ts";

/** The content hash of the file that lies exactly at a decoded path; undefined if none does. */
export type ContentLookup = (path: string) => string | undefined;

/** A file to serve, or the decoded path under which it wants to be asked for. */
export type Place = { kind: "file"; path: string } | { kind: "redirect"; path: string };

/** Finds the answer for a decoded path; undefined: there is none. */
export type PlaceFinder = (path: string, contentAt: ContentLookup) => Place | undefined;

/** Workers' ways. */
export type WorkersHtmlHandling = Exclude<HtmlHandling, "pages" | "index">;

/** A decoded path in its one canonical spelling: each segment as `encodeURIComponent` writes it. */
export function encodeAssetPath(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(segment.toWellFormed()))
    .join("/");
}
