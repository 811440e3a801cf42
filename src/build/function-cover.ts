// Which function keeps a path from the static files? One whose route is the path's, and whose code never
// mentions what could let the request through.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InvocationRules, RouteEntry } from "../contract/site.ts";
import { createInvocationFilter } from "../pages/invocation-rules.ts";
import { createRouteTable } from "../pages/route-table.ts";

/** The function file, below the functions directory, that answers a pathname itself; undefined if none does. */
export type FunctionCover = (pathname: string) => Promise<string | undefined>;

/** `next`, the assets binding, and handlers that come from other modules, which are not looked into. */
const PASSES_ON = /\bnext\b|\bASSETS\b|\bexport\s*\{[^}]*\}\s*from\b/;

/** Prepares the question for a site's routes. */
export function createFunctionCover(
  functionsDir: string,
  routes: readonly RouteEntry[],
  invocation: InvocationRules | undefined,
): FunctionCover {
  const table = createRouteTable(routes, { matchers: rejectAll(routes) });
  const isInvoked = invocation === undefined ? () => true : createInvocationFilter(invocation);
  const opaque = new Map<string, Promise<boolean>>();
  return async (pathname) => {
    const entry = isInvoked(pathname) ? table.match("GET", pathname).route?.entry : undefined;
    const file = entry?.handlers[0]?.file;
    if (file === undefined) return undefined;
    const known = opaque.get(file) ?? isOpaque(join(functionsDir, file));
    opaque.set(file, known);
    return (await known) ? file : undefined;
  };
}

/** A project's own matchers are code that has not run: no value is known to fit them. */
function rejectAll(routes: readonly RouteEntry[]): Record<string, () => boolean> {
  const names = routes.flatMap(({ routePath }) =>
    [...routePath.matchAll(/:\w+:(\w+)/g)].map(([, name]) => name ?? ""),
  );
  return Object.fromEntries(names.map((name) => [name, () => false]));
}

async function isOpaque(path: string): Promise<boolean> {
  return !PASSES_ON.test(await readFile(path, "utf8").catch(() => "next"));
}
