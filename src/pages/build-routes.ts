// From function files to the route table of a site. Pages docs, "Functions: Routing".

import type { Problem } from "../contract/problem.ts";
import type { RouteEntry } from "../contract/site.ts";
import { checkExports, type FunctionFile } from "./check-exports.ts";
import { compileRoutes } from "./compiled-route.ts";
import { parseFileRoute } from "./file-route.ts";
import { findHandlers } from "./handler-exports.ts";
import { checkHiddenRoutes } from "./hidden-routes.ts";
import { compareDiscovery, mergeRoutes, type RoutedFile } from "./merge-routes.ts";
import { BUILT_IN_MATCHERS, isMatcherName, OWN_MATCHERS_FILE } from "./param-matchers.ts";
import { sortRoutes } from "./route-order.ts";
import { findNoMatcher } from "./route-pattern.ts";

/** What a build needs to know of the function files. */
export interface BuiltRoutes {
  /** In matching order. */
  routes: RouteEntry[];
  problems: Problem[];
  /** The file with the project's own parameter matchers; its exports must be in the bundle. */
  matchersFile: string | undefined;
}

export interface BuildRoutesOptions {
  /** What problems call the functions directory; `functions` if not given. */
  directory?: string;
}

/** Builds the route table of a functions directory and tells what in it is wrong or without effect. */
export function buildRoutes(files: readonly FunctionFile[], options: BuildRoutesOptions = {}): BuiltRoutes {
  const { directory = "functions" } = options;
  const found = [...files].sort((a, b) => compareDiscovery(a.file, b.file));
  const own = found.find(({ file }) => OWN_MATCHERS_FILE.test(file));
  const matchers = new Set([
    ...Object.keys(BUILT_IN_MATCHERS),
    ...(own?.exports.filter(isMatcherName) ?? []),
  ]);
  const named = found.flatMap((file) => toRoutedFile(file, matchers, directory));
  const legal = named.filter(({ route }) => !route.problems.some(({ severity }) => severity === "error"));
  const merged = mergeRoutes(legal, directory);
  const routes = sortRoutes(merged.routes);
  const problems = [
    ...named.flatMap(({ route }) => route.problems),
    ...checkExports(found, directory),
    ...merged.problems,
    ...checkHiddenRoutes(compileRoutes(routes, "handlers", findNoMatcher), directory),
  ];
  return { routes, problems, matchersFile: own?.file };
}

/** A file without handlers is a helper module: its name is nobody's business. */
function toRoutedFile(
  { file, exports }: FunctionFile,
  matchers: ReadonlySet<string>,
  directory: string,
): RoutedFile[] {
  const handlers = findHandlers(exports);
  if (handlers.length === 0) return [];
  return [{ file, handlers, route: parseFileRoute(file, { matchers, directory }) }];
}
