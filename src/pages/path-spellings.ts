// Which spellings of a request's path does middleware look at? All that any layer could read it as, so that
// no `/%61dmin`, `/admin%2Fx`, `//admin` or `/x/..%2fadmin` passes a guard and still reaches what it guards.

import { asDecodedPath, decodePath } from "../http/request-target.ts";
import { encodePathText } from "./path-text.ts";

/** An escape or an empty segment: what another layer may read as another path. */
const AMBIGUOUS = /%|\/\//;

/** Whether a pathname can be read in one way only. */
export function isPlainPathname(pathname: string): boolean {
  return !AMBIGUOUS.test(pathname);
}

/**
 * The spellings of a pathname, without repetition: as it stands, with runs of slashes collapsed as Pages
 * does, and as static files may read it, spelt as a URL again.
 */
export function spellingsOf(pathname: string): string[] {
  if (isPlainPathname(pathname)) return [pathname];
  // The last because an encoded backslash is a separator to some layer on some system.
  const readings = [pathname, decodeSegments(pathname), pathname.replace(/%5c/gi, "/")];
  const decoded = readings.map((reading) => encodePathText(asDecodedPath(reading)));
  return [...new Set([pathname, collapseSlashes(pathname), ...decoded])];
}

/**
 * A path with an escape that does not decode stands for itself as a whole; Workers' rules decode segment
 * by segment and leave only the one with that escape as it is.
 */
function decodeSegments(pathname: string): string {
  const isUndecodable = decodePath(pathname) === pathname;
  return isUndecodable ? pathname.split("/").map(decodePath).join("/") : pathname;
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
