// Which exports of which files does a bundle need? Those that routes name, and the project's own matchers.

import type { RouteEntry } from "../contract/site.ts";
import { isMatcherName } from "../pages/param-matchers.ts";
import type { ScannedFile } from "./scan-functions.ts";

/** Files with the exports that are used, in the order of `files`; none if no route has a handler. */
export function selectHandlers(
  files: readonly ScannedFile[],
  routes: readonly RouteEntry[],
  matchersFile: string | undefined,
): ScannedFile[] {
  const used = new Map<string, Set<string>>();
  for (const { middleware, handlers } of routes) {
    for (const { file, exportName } of [...middleware, ...handlers]) {
      const names = used.get(file) ?? new Set();
      used.set(file, names.add(exportName));
    }
  }
  if (used.size === 0) return [];
  // Without a constrained parameter the file of that name is a module like any other.
  const matchers = files.some(({ file }) => file.includes("=")) ? matchersFile : undefined;
  return files
    .map(({ file, exports }) => ({
      file,
      exports: exports.filter(
        (name) => used.get(file)?.has(name) || (file === matchers && isMatcherName(name)),
      ),
    }))
    .filter(({ exports }) => exports.length > 0);
}
