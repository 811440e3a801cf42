// `causeway routes`: the routes in the order in which they are tried.

import { listRoutes, type RouteListing } from "../../build/list-routes.ts";
import { formatTable } from "../format-table.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { requireProject } from "../site-options.ts";

/** Prints the table, the same as JSON, or the generated `_routes.json`. */
export async function runRoutes(line: CommandLine, output: Output): Promise<void> {
  const { project, problems } = await requireProject(line, output);
  const listing = await listRoutes(project);
  output.require([...problems, ...listing.problems]);
  if (line.options.flags.has("routes-json")) {
    process.stdout.write(`${JSON.stringify(listing.invocation, null, 2)}\n`);
    return;
  }
  const { kind, routes, middleware } = listing;
  output.result(describe(listing), { application: kind, routes, middleware });
}

function describe({ kind, routes, middleware }: RouteListing): string {
  if (kind === "worker") return "One Worker answers every path that reaches it.";
  if (routes.length === 0 && middleware.length === 0) return "There are no routes.";
  const table = [
    ["PATTERN", "METHOD", "FILE", "MIDDLEWARE"],
    ...routes.map((row) => [row.pattern, row.methods.join(", "), row.file, chain(row.middleware)]),
  ];
  const guards = [
    ["BELOW", "METHOD", "MIDDLEWARE (static files included)"],
    ...middleware.map(({ pattern, method, file }) => [pattern, method, file]),
  ];
  const parts = [
    routes.length > 0 ? formatTable(table) : "",
    middleware.length > 0 ? formatTable(guards) : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function chain(middleware: readonly { file: string }[]): string {
  return [...new Set(middleware.map(({ file }) => file))].join(" > ");
}
