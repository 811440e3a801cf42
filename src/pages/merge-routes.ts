// From function files to rows of the route table: one per route path and method. Where two files give the
// same row the one found later wins, as on Pages, and the other is reported.

import type { Problem } from "../contract/problem.ts";
import type { HandlerReference, RouteEntry } from "../contract/site.ts";
import type { RouteRole } from "./compiled-route.ts";
import type { FileRoute } from "./file-route.ts";
import type { HandlerExport } from "./handler-exports.ts";

/** A function file with its route and its handlers. */
export interface RoutedFile {
  file: string;
  route: FileRoute;
  handlers: HandlerExport[];
}

/** A handler that another one has replaced. */
interface Replacement {
  loser: HandlerReference;
  winner: HandlerReference;
  entry: RouteEntry;
  role: RouteRole;
}

/**
 * Orders files as Pages finds them: those of a directory by the bytes of their names, all of a level
 * before deeper ones.
 */
export function compareDiscovery(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  if (left.length !== right.length) return left.length - right.length;
  for (const [index, name] of left.entries()) {
    const order = compareBytes(name, right[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** Merges files, which are in the order of discovery; `directory` is how problems call that of the functions. */
export function mergeRoutes(
  files: readonly RoutedFile[],
  directory: string,
): { routes: RouteEntry[]; problems: Problem[] } {
  const entries = new Map<string, RouteEntry>();
  const replacements: Replacement[] = [];
  for (const { file, route, handlers } of files) {
    const role = route.isMiddleware ? "middleware" : "handlers";
    for (const { exportName, method } of handlers) {
      const entry = getOrAddEntry(entries, route, method);
      const winner = { file, exportName };
      for (const loser of entry[role]) replacements.push({ loser, winner, entry, role });
      entry[role] = [winner];
      entry.mountPath = route.mountPath;
    }
  }
  return { routes: [...entries.values()], problems: describeReplacements(replacements, directory) };
}

function getOrAddEntry(
  entries: Map<string, RouteEntry>,
  route: FileRoute,
  method: RouteEntry["method"],
): RouteEntry {
  const key = `${method ?? "*"} ${route.routePath}`;
  let entry = entries.get(key);
  if (entry === undefined) {
    const { routePath, mountPath } = route;
    entry = { routePath, mountPath, method, middleware: [], handlers: [] };
    entries.set(key, entry);
  }
  return entry;
}

/** One problem for each pair of files, whatever the number of methods. */
function describeReplacements(replacements: readonly Replacement[], directory: string): Problem[] {
  const byPair = Map.groupBy(replacements, ({ loser, winner }) => `${loser.file}\n${winner.file}`);
  return [...byPair.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { loser, winner, entry, role } = first;
    const methods = group.map((replacement) => replacement.entry.method ?? "every method").join(", ");
    const what = role === "middleware" ? "is middleware" : "answers";
    return {
      severity: "warning",
      code: "duplicate-route",
      message: `${directory}/${winner.file} ${what} for ${methods} of ${entry.routePath} too, and wins: this file never runs for it`,
      file: `${directory}/${loser.file}`,
      remedy: "Remove one of the two.",
    };
  });
}

function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = byteRank(a.charCodeAt(index)) - byteRank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** UTF-8 sorts by code point; surrogates stand for code points above all other units. */
function byteRank(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit;
  return codeUnit < 0xe000 ? codeUnit + 0x2000 : codeUnit - 0x800;
}
