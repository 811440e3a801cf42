// Which route does a file below the functions directory stand for? Pages docs, "Functions: Routing".

import type { Problem } from "../contract/problem.ts";
import { checkRouteName } from "./check-route-name.ts";
import { formatNamePart, splitRouteName } from "./route-name.ts";

/** The route of one function file. */
export interface FileRoute {
  /** `/users/:id`, `/files/:path*`, and `/posts/:id:int` for `posts/[id=int].ts`. */
  routePath: string;
  /** The directory part of the route path. */
  mountPath: string;
  isMiddleware: boolean;
  /** Of its name. With an error among them the route is unusable. */
  problems: Problem[];
}

export interface FileRouteOptions {
  /** Names of the matchers that `[name=matcher]` may use. */
  matchers: ReadonlySet<string>;
  /** What problems call the functions directory. */
  directory: string;
}

const EXTENSION = /\.(?:js|mjs|ts|tsx|jsx)$/;

/** The route of a file; `file` is its path below the functions directory. */
export function parseFileRoute(file: string, options: FileRouteOptions): FileRoute {
  const path = file.replace(EXTENSION, "");
  const slash = path.lastIndexOf("/");
  const baseName = path.slice(slash + 1);
  const isMiddleware = baseName === "_middleware" || baseName === "_middleware_";
  const standsForDirectory = isMiddleware || baseName === "index";
  const parts = splitRouteName(standsForDirectory ? path.slice(0, Math.max(slash, 0)) : path);
  const routePath = `/${parts.map(formatNamePart).join("")}`;
  return {
    routePath,
    mountPath: standsForDirectory ? routePath : directoryOf(routePath),
    isMiddleware,
    problems: checkRouteName(parts, `${options.directory}/${file}`, options.matchers),
  };
}

function directoryOf(routePath: string): string {
  return routePath.slice(0, Math.max(1, routePath.lastIndexOf("/")));
}
