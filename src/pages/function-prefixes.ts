// Below which directories do functions answer, so that a page must not stand in for a missing one?

import type { RouteEntry } from "../contract/site.ts";

/**
 * Compiles a test for paths at or below a directory with handlers. Directories count up to their first
 * parameter; the root does not, since every site's pages are below it.
 */
export function createFunctionPrefixFilter(routes: readonly RouteEntry[]): (pathname: string) => boolean {
  const prefixes = routes
    .filter((route) => route.handlers.length > 0)
    .map(({ mountPath }) => literalPartOf(mountPath));
  const known = [...new Set(prefixes)].filter((prefix) => prefix !== "");
  return (pathname) => known.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`));
}

/** Without a slash at the end; empty for the root. */
function literalPartOf(mountPath: string): string {
  const segments = mountPath.split("/").slice(1);
  const parameter = segments.findIndex((segment) => segment.includes(":"));
  const literal = parameter === -1 ? segments : segments.slice(0, parameter);
  return literal.map((segment) => (segment === "" ? "" : `/${segment}`)).join("");
}
