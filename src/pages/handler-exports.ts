// Which exports of a function file are handlers, and which look as if they were meant to be?
// Pages docs, "Functions: API reference", onRequest and its variants.

import { ROUTE_METHODS, type RouteMethod } from "../contract/site.ts";

/** The method of every export that makes a route; undefined stands for all methods. */
const HANDLER_METHODS: ReadonlyMap<string, RouteMethod | undefined> = new Map([
  ["onRequest", undefined],
  ...ROUTE_METHODS.map(
    (method) => [`onRequest${method[0]}${method.slice(1).toLowerCase()}`, method] as const,
  ),
]);

/** An export that is a handler. */
export interface HandlerExport {
  exportName: string;
  method: RouteMethod | undefined;
}

/**
 * The handlers among a file's exports, always in the same order; names are case-sensitive and the default
 * export is none.
 */
export function findHandlers(exports: readonly string[]): HandlerExport[] {
  return [...HANDLER_METHODS]
    .filter(([exportName]) => exports.includes(exportName))
    .map(([exportName, method]) => ({ exportName, method }));
}

/**
 * What an export was probably meant to be called: `onRequestOptions` for `onRequestOpeions`. A name that
 * only begins like a handler gets `onRequest`. Undefined: it is a handler, or nothing like one.
 */
export function suggestHandler(exportName: string): string | undefined {
  if (HANDLER_METHODS.has(exportName) || !/^on/i.test(exportName)) return undefined;
  const nearest = [...HANDLER_METHODS.keys()]
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), exportName.toLowerCase()) }))
    .reduce((best, candidate) => (candidate.distance < best.distance ? candidate : best));
  if (nearest.distance <= MAX_TYPOS) return nearest.name;
  return /^onRequest[A-Z]/.test(exportName) ? "onRequest" : undefined;
}

/** `onRequest` has nine letters: with more, quite other words would come near. */
const MAX_TYPOS = 2;

/** How many letters must be inserted, deleted, replaced or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? (beforePrevious[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
