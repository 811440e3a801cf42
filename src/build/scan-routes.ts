// The routes that a scan of the functions directory yields, with everything that is wrong with them.

import type { Problem } from "../contract/problem.ts";
import { type BuiltRoutes, buildRoutes } from "../pages/build-routes.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { checkTwins } from "./check-twins.ts";
import { locateProblems } from "./locate-problems.ts";
import type { FunctionScan } from "./scan-functions.ts";

/** Puts the routes in order. Problems have their places in the files. */
export async function routesOfScan(
  scan: FunctionScan,
  functionsDir: string,
  root: string,
): Promise<BuiltRoutes> {
  const directory = toProjectPath(functionsDir, root);
  const built = buildRoutes(scan.files, { directory });
  const hasUnread = scan.problems.some((problem) => problem.severity === "error");
  // A file that could not be parsed may hold the handlers that seem to be missing.
  const isKnown = (problem: Problem) => !(hasUnread && problem.code === "no-handlers");
  const found = [...checkTwins(scan.files, directory), ...built.problems.filter(isKnown)];
  const located = await locateProblems(found, root);
  return { ...built, problems: [...scan.problems, ...located] };
}
