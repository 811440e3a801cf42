// The routes of a project, without building it: what `causeway routes` prints.

import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { InvocationRules } from "../contract/site.ts";
import {
  describeMiddleware,
  describeRoutes,
  type MiddlewareDescription,
  type RouteDescription,
} from "../pages/describe-routes.ts";
import { generateInvocationRules } from "../pages/generate-invocation-rules.ts";
import { findWorker } from "./find-worker.ts";
import { createFunctionScanner } from "./scan-functions.ts";
import { routesOfScan } from "./scan-routes.ts";

export interface RouteListing {
  /** A Worker answers by itself: which paths it knows cannot be listed. */
  kind: "none" | "functions" | "worker";
  /** In matching order. */
  routes: RouteDescription[];
  /** In running order, also what stands only before static files. */
  middleware: MiddlewareDescription[];
  /** The `_routes.json` that Pages would generate (Pages docs, "Functions invocation routes"). */
  invocation: InvocationRules;
  problems: Problem[];
}

/** Scans the functions directory and puts the routes in order. */
export async function listRoutes(project: Project): Promise<RouteListing> {
  const { root, functionsDir } = project;
  if ((await findWorker(project)) !== undefined) {
    return {
      kind: "worker",
      routes: [],
      middleware: [],
      invocation: { version: 1, include: ["/*"], exclude: [] },
      problems: [],
    };
  }
  if (functionsDir === undefined) {
    const invocation = generateInvocationRules([]);
    return { kind: "none", routes: [], middleware: [], invocation, problems: [] };
  }
  const scan = await createFunctionScanner(root, functionsDir).scan();
  const { routes, problems } = await routesOfScan(scan, functionsDir, root);
  return {
    kind: "functions",
    routes: describeRoutes(routes),
    middleware: describeMiddleware(routes),
    invocation: generateInvocationRules(routes),
    problems,
  };
}
