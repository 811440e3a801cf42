// The routing rules once more, as plainly as they can be read: regular expressions tried in turn. Slow, and
// independent of the compiled table, which the property test compares with it.

import { asDecodedPath } from "../../../src/http/request-target.ts";

export interface LiteralFile {
  file: string;
  exports: string[];
}

export interface LiteralHit {
  file: string;
  exportName: string;
  params: Record<string, string | string[]>;
  functionPath: string;
}

interface Row {
  segments: string[];
  method: string;
  handler?: { file: string; exportName: string };
  middleware?: { file: string; exportName: string };
}

const PARAMETER = /\[\[(\w+)(?:=(\w+))?\]\]|\[(\w+)(?:=(\w+))?\]/g;
const MATCHERS: Record<string, string> = { int: "(?:0|-?[1-9][0-9]{0,14})", alpha: "[A-Za-z]+" };

/** What runs for a request, outermost middleware first. */
export function routeLiterally(files: LiteralFile[], method: string, pathname: string) {
  const rows = sortRows(mergeRows(files));
  const route = findHandler(rows, method, pathname);
  const isHeadByGet = method === "HEAD" && route?.row.method === "GET";
  const middleware = [...rows].reverse().flatMap((row) => {
    const runs =
      row.middleware !== undefined &&
      (row.method === "" || row.method === method || (isHeadByGet && standsForHead(rows, row, "middleware")));
    const hit = runs ? matchMiddleware(row, pathname) : undefined;
    return hit === undefined || row.middleware === undefined ? [] : [{ ...row.middleware, ...hit }];
  });
  return { route: route?.hit, middleware };
}

function findHandler(rows: Row[], method: string, pathname: string) {
  for (const row of rows) {
    if (row.handler === undefined) continue;
    const fits =
      row.method === "" ||
      row.method === method ||
      (method === "HEAD" && row.method === "GET" && standsForHead(rows, row, "handler"));
    const match = fits ? wholePattern(row.segments).exec(pathname) : null;
    if (match === null) continue;
    const params = readParams(row.segments, match);
    return { row, hit: { ...row.handler, params, functionPath: pathname } };
  }
  return undefined;
}

/** GET stands for HEAD where nothing at the same path claims it. */
function standsForHead(rows: Row[], row: Row, role: "handler" | "middleware"): boolean {
  const shape = (segments: string[]) => segments.join("/").toLowerCase().replace(/\[\w+/g, "[");
  const claims = rows.filter(
    (other) =>
      other[role] !== undefined &&
      shape(other.segments) === shape(row.segments) &&
      (other.method === "HEAD" || (other.method === "" && role === "handler")),
  );
  return row.method === "GET" && claims.length === 0;
}

function matchMiddleware(row: Row, pathname: string) {
  const collapsed = pathname.replace(/\/+/g, "/");
  const decodings = [pathname, decodeEachSegment(pathname), pathname.replace(/%5c/gi, "/")];
  const spellings = [pathname, collapsed, ...decodings.map(respell)];
  for (const spelling of spellings) {
    const match = prefixPattern(row.segments).exec(spelling);
    if (match === null) continue;
    const covered = match[0] + (spelling.slice(match[0].length) === "/" ? "/" : "");
    const functionPath = spelling === collapsed ? uncollapse(pathname, covered) : covered;
    return { params: readParams(row.segments, match), functionPath };
  }
  return undefined;
}

/** Only where the path as a whole does not decode: nothing is decoded twice. */
function decodeEachSegment(pathname: string): string {
  if (canDecode(pathname)) return pathname;
  const decode = (segment: string) => (canDecode(segment) ? decodeURIComponent(segment) : segment);
  return pathname.split("/").map(decode).join("/");
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function respell(pathname: string): string {
  return asDecodedPath(pathname).replace(/[^!-~]+|["<>^`{}#?\\]/g, encodeURIComponent);
}

/** The shortest beginning of the path that collapses to `covered`, with all of its last slashes. */
function uncollapse(pathname: string, covered: string): string {
  const text = covered.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("/", "/+");
  return new RegExp(`^${text}`).exec(pathname)?.[0] ?? covered;
}

function mergeRows(files: LiteralFile[]): Row[] {
  const rows: Row[] = [];
  const depth = (file: string) => file.split("/").length;
  const found = [...files].sort((a, b) => depth(a.file) - depth(b.file) || compareNames(a.file, b.file));
  for (const { file, exports } of found) {
    const names = file.replace(/\.\w+$/, "").split("/");
    const base = names.at(-1) ?? "";
    const isMiddleware = base === "_middleware" || base === "_middleware_";
    const segments = isMiddleware || base === "index" ? names.slice(0, -1) : names;
    for (const exportName of exports) {
      const method = exportName.slice("onRequest".length).toUpperCase();
      let row = rows.find((r) => r.method === method && r.segments.join("/") === segments.join("/"));
      if (row === undefined) {
        row = { segments, method };
        rows.push(row);
      }
      row[isMiddleware ? "middleware" : "handler"] = { file, exportName };
    }
  }
  return rows;
}

function compareNames(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  const index = left.findIndex((name, at) => name !== right[at]);
  return index === -1 ? 0 : Buffer.compare(Buffer.from(left[index] ?? ""), Buffer.from(right[index] ?? ""));
}

function sortRows(rows: Row[]): Row[] {
  return [...rows].sort((a, b) => {
    if (a.segments.length !== b.segments.length) return b.segments.length - a.segments.length;
    for (const [index, segment] of a.segments.entries()) {
      const other = b.segments[index] ?? "";
      const isRest = (text: string) => text.includes("[[");
      const isParam = (text: string) => text.includes("[");
      const isConstrained = (text: string) => /\[\w+=/.test(text);
      if (isRest(segment) !== isRest(other)) return isRest(segment) ? 1 : -1;
      if (isParam(segment) !== isParam(other)) return isParam(segment) ? 1 : -1;
      if (isConstrained(segment) !== isConstrained(other)) return isConstrained(segment) ? -1 : 1;
    }
    if ((a.method === "") !== (b.method === "")) return a.method === "" ? 1 : -1;
    const path = ({ segments }: Row) =>
      `/${segments.join("/")}`
        .replace(
          /\[\[(\w+)(?:=(\w+))?\]\]/g,
          (_, name, matcher) => `:${name}${matcher ? `:${matcher}` : ""}*`,
        )
        .replace(/\[(\w+)(?:=(\w+))?\]/g, (_, name, matcher) => `:${name}${matcher ? `:${matcher}` : ""}`);
    return path(a).localeCompare(path(b), "en");
  });
}

function wholePattern(segments: string[]): RegExp {
  return new RegExp(`^${segments.length === 0 ? "/" : segments.map(segmentPattern).join("")}/?$`, "i");
}

function prefixPattern(segments: string[]): RegExp {
  return new RegExp(segments.length === 0 ? "^/" : `^${segments.map(segmentPattern).join("")}(?=/|$)`, "i");
}

function segmentPattern(segment: string): string {
  const alone = /^\[\[\w+(?:=(\w+))?\]\]$/.exec(segment);
  if (alone !== null) return `((?:/${valuePattern(alone[1], "")}(?=/|$))*)`;
  let pattern = segment.startsWith("[[") ? "" : "/";
  let end = 0;
  for (const match of segment.matchAll(PARAMETER)) {
    const [whole, rest, restMatcher, , matcher] = match;
    const text = literal(segment.slice(end, match.index));
    const one = valuePattern(restMatcher ?? matcher, end === 0 ? "" : text);
    pattern += text + (rest === undefined ? `(${one})` : `(/${one}(?:/${one})*)`);
    end = match.index + whole.length;
  }
  return pattern + literal(segment.slice(end));
}

/** One value; `separator` is the text before it if that stands between two parameters. */
function valuePattern(matcher: string | undefined, separator: string): string {
  if (matcher !== undefined) return MATCHERS[matcher] ?? "";
  return separator === "" ? "[^/]+?" : `(?:(?!${separator})[^/])+?`;
}

function literal(text: string): string {
  const encoded = text.replace(/[^!-~]+|[\^]/g, encodeURIComponent);
  return encoded.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function readParams(segments: string[], match: RegExpExecArray): Record<string, string | string[]> {
  const params: Record<string, string | string[]> = {};
  let group = 0;
  for (const [, rest, , param] of segments.join("/").matchAll(PARAMETER)) {
    group += 1;
    const value = match[group] ?? "";
    if (param !== undefined) params[param] = value;
    else if (rest !== undefined && value !== "") params[rest] = value.slice(1).split("/");
  }
  return params;
}
