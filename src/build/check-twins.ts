// Do two function files differ only in the case of their names? Paths are matched without case, so that they
// are one route, and the bundler takes them for one module: which of the two would run is left to chance.

import type { Problem } from "../contract/problem.ts";
import { findHandlers } from "../pages/handler-exports.ts";
import type { ScannedFile } from "./scan-functions.ts";

/** An error for each file that has a twin before it; `directory` is how problems call that of the functions. */
export function checkTwins(files: readonly ScannedFile[], directory: string): Problem[] {
  const routed = files.filter(({ exports }) => findHandlers(exports).length > 0);
  const byName = Map.groupBy(routed, ({ file }) => file.toLowerCase());
  return [...byName.values()].flatMap(([first, ...twins]) =>
    twins.map(
      ({ file }): Problem => ({
        severity: "error",
        code: "case-twins",
        message: `Cannot build this file beside "${directory}/${first?.file}": the names differ only in case`,
        file: `${directory}/${file}`,
        remedy: "Rename one of the two; paths are matched without regard to case.",
      }),
    ),
  );
}
