// What does a request target mean? Read once, at the door, so that no two layers read it differently.
// RFC 9112 §3.2 for the forms, the URL standard for dot segments.

import { type Host, parseHost } from "./host.ts";

/** A target that may be served. */
export interface RequestTarget {
  /** Begins with `/`; dot segments are resolved, nothing else is decoded. */
  pathname: string;
  /** With its `?`, or empty. */
  search: string;
  /** Of an absolute target, which then replaces the Host field (§3.2.2). */
  host: Host | undefined;
}

/**
 * Bytes that no target may hold: controls, space, a fragment, and the backslash, which URL parsers
 * take for a slash.
 */
const FORBIDDEN = /[^\x21-\x7e\x80-\xff]|[\\#]/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?]+)(\/[^?]*)?(\?.*)?$/i;
/** Nothing that a URL parser would change: no dot segment, however spelt, and only URL characters. */
const PLAIN_PATH = /^\/(?!.*\/(?:\.|%2e))(?!\.|%2e)[\w!$%&'()*+,./:;=@~-]*$/i;
const PLAIN_SEARCH = /^(?:\?[\w!$%&()*+,./:;=@~?-]+)?$/;

/**
 * Reads the origin form and the absolute form, each character one byte as Node's parser hands it over.
 * Undefined means 400: another form, forbidden bytes, or bytes that are not UTF-8.
 */
export function parseRequestTarget(target: string): RequestTarget | undefined {
  if (PLAIN_PATH.test(target)) return { pathname: target, search: "", host: undefined };
  if (FORBIDDEN.test(target)) return undefined;
  if (target.startsWith("/")) return splitPath(target, undefined);
  const match = ABSOLUTE_FORM.exec(target);
  if (!match) return undefined;
  const host = parseHost(match[1] ?? "");
  return host && splitPath(`${match[2] ?? "/"}${match[3] ?? ""}`, host);
}

/** Percent-decodes once; a path that does not decode means itself, as on Pages. */
export function decodePath(pathname: string): string {
  if (!pathname.includes("%")) return pathname;
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/**
 * The one form in which a path is compared with files and guards: decoded once, dot segments resolved,
 * runs of slashes collapsed. `/%61dmin`, `/admin%2Fx`, `//admin/x` and `/a/..%2fadmin/x` cannot slip past.
 */
export function asDecodedPath(pathname: string): string {
  return resolvePath(decodePath(pathname));
}

/** A decoded path without dot segments and runs of slashes, as a file system reads it. */
export function resolvePath(path: string): string {
  return /\/(?:\/|\.\.?(?:\/|$))/.test(path) ? resolveSegments(path) : path;
}

function splitPath(path: string, host: Host | undefined): RequestTarget | undefined {
  const queryStart = path.indexOf("?");
  const pathname = queryStart < 0 ? path : path.slice(0, queryStart);
  const search = queryStart < 0 ? "" : path.slice(queryStart);
  if (PLAIN_PATH.test(pathname) && PLAIN_SEARCH.test(search)) return { pathname, search, host };
  const text = bytesToText(path);
  if (text === undefined) return undefined;
  const url = new URL(`http://host${text}`);
  return { pathname: url.pathname, search: url.search, host };
}

/** Raw bytes above 0x7f are UTF-8 or a mistake. */
function bytesToText(bytes: string): string | undefined {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(bytes, (character) => character.charCodeAt(0)),
    );
  } catch {
    return undefined;
  }
}

function resolveSegments(path: string): string {
  const resolved: string[] = [];
  const segments = path.split("/").slice(1);
  for (const segment of segments) {
    if (segment === "..") resolved.pop();
    else if (segment !== "." && segment !== "") resolved.push(segment);
  }
  const last = segments.at(-1);
  const isDirectory = last === "" || last === "." || last === "..";
  return `/${resolved.join("/")}${isDirectory && resolved.length > 0 ? "/" : ""}`;
}
