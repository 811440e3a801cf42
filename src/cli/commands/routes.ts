// `causeway routes`: the routes in the order in which they are tried.

import { listRoutes, type RouteListing } from "../../build/list-routes.ts";
import type { HandlerReference, RouteEntry } from "../../contract/site.ts";
import { formatTable } from "../format-table.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { middlewareOf } from "../route-chains.ts";
import { requireProject } from "../site-options.ts";

interface RouteRow {
  pattern: string;
  /** `*` for every method. */
  method: string;
  handlers: HandlerReference[];
  middleware: HandlerReference[];
}

/** Prints the table, the same as JSON, or the generated `_routes.json`. */
export async function runRoutes(line: CommandLine, output: Output): Promise<void> {
  const { project, problems } = await requireProject(line, output);
  const listing = await listRoutes(project);
  output.require([...problems, ...listing.problems]);
  if (line.options.flags.has("routes-json")) {
    process.stdout.write(`${JSON.stringify(listing.invocation, null, 2)}\n`);
    return;
  }
  const routes = listing.routes
    .filter(({ handlers }) => handlers.length > 0)
    .map((route) => toRow(route, listing));
  const middleware = listing.routes.filter((entry) => entry.middleware.length > 0).map(toMiddlewareRow);
  output.result(describe(listing, routes, middleware), { application: listing.kind, routes, middleware });
}

function toRow(route: RouteEntry, { routes }: RouteListing): RouteRow {
  return {
    pattern: route.routePath,
    method: route.method ?? "*",
    handlers: route.handlers,
    middleware: middlewareOf(route, routes).flatMap((entry) => entry.middleware),
  };
}

/** Middleware covers its path and everything below, static files included. */
function toMiddlewareRow({ routePath, method, middleware }: RouteEntry): RouteRow {
  return { pattern: routePath, method: method ?? "*", handlers: [], middleware };
}

function describe({ kind }: RouteListing, routes: RouteRow[], middleware: RouteRow[]): string {
  if (kind === "worker") return "One Worker answers every path that reaches it.";
  if (routes.length === 0 && middleware.length === 0) return "There are no routes.";
  const table = [
    ["PATTERN", "METHOD", "FILE", "MIDDLEWARE"],
    ...routes.map((row) => [row.pattern, row.method, files(row.handlers), files(row.middleware)]),
  ];
  const guards = [
    ["BELOW", "METHOD", "MIDDLEWARE (static files included)"],
    ...middleware.map((row) => [row.pattern, row.method, files(row.middleware)]),
  ];
  const parts = [
    routes.length > 0 ? formatTable(table) : "",
    middleware.length > 0 ? formatTable(guards) : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function files(references: readonly HandlerReference[]): string {
  return [...new Set(references.map(({ file }) => file))].join(" > ");
}
