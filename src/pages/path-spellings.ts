// Which spellings of a request's path does middleware look at? All that any layer could read it as, so that
// no `/%61dmin`, `/admin%2Fx`, `//admin` or `/x/..%2fadmin` passes a guard and still reaches what it guards.

import { asDecodedPath } from "../http/request-target.ts";
import { encodePathText } from "./route-pattern.ts";

/** An escape or an empty segment: what another layer may read as another path. */
const AMBIGUOUS = /%|\/\//;

/** Whether a pathname can be read in one way only. */
export function isPlainPathname(pathname: string): boolean {
  return !AMBIGUOUS.test(pathname);
}

/**
 * The spellings of a pathname, without repetition: as it stands, with runs of slashes collapsed as Pages
 * does, and as static files read it (decoded once, resolved, collapsed), spelt as a URL again. The last
 * once more with encoded backslashes as slashes, for which some layer on some system takes them.
 */
export function spellingsOf(pathname: string): string[] {
  if (isPlainPathname(pathname)) return [pathname];
  const spellings = new Set([pathname, collapseSlashes(pathname)]);
  spellings.add(encodePathText(asDecodedPath(pathname)));
  spellings.add(encodePathText(asDecodedPath(pathname.replace(/%5c/gi, "/"))));
  return [...spellings];
}

/**
 * The part of `pathname` that the first `length` characters of its collapsed spelling stand for, so that
 * a mounted plugin can cut it off the URL that the client sent.
 */
export function uncollapsedPrefix(pathname: string, length: number): string {
  let end = 0;
  for (let taken = 0; taken < length; taken += 1) {
    const isSlash = pathname[end] === "/";
    end += 1;
    while (isSlash && pathname[end] === "/") end += 1;
  }
  return pathname.slice(0, end);
}

/** `//a///b` as `/a/b`. */
export function collapseSlashes(pathname: string): string {
  return pathname.replace(/\/{2,}/g, "/");
}

/** Deno's URL parser leaves `^` as it is; the URL Standard and the other runtimes encode it. */
export function normalizePathname(pathname: string): string {
  return pathname.includes("^") ? pathname.replaceAll("^", "%5E") : pathname;
}
