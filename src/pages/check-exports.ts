// Do the exports of the function files say what their author meant? A module without handlers is a helper
// and needs no word; one that misses by a letter, or looks like a route by its name, gets a warning.

import type { Problem } from "../contract/problem.ts";
import { findHandlers, suggestHandler } from "./handler-exports.ts";

/** A function file and the names that it exports. */
export interface FunctionFile {
  /** Path below the functions directory, with `/` separators. */
  file: string;
  exports: readonly string[];
}

/** Warnings about exports; `directory` is how problems call the functions directory. */
export function checkExports(files: readonly FunctionFile[], directory: string): Problem[] {
  const nearMisses = files.flatMap((file) => checkNames(file, directory));
  const withoutHandlers = files.filter(({ exports }) => findHandlers(exports).length === 0);
  if (withoutHandlers.length === files.length) return [...nearMisses, noHandlers(directory)];
  const isExplained = (file: string) => nearMisses.some((problem) => problem.file === `${directory}/${file}`);
  return withoutHandlers
    .filter(({ file, exports }) => exports.length > 0 && looksLikeRoute(file) && !isExplained(file))
    .map(({ file, exports }) => missingHandler(`${directory}/${file}`, exports.includes("default")))
    .concat(nearMisses);
}

function checkNames({ file, exports }: FunctionFile, directory: string): Problem[] {
  return exports.flatMap((name) => {
    const suggestion = suggestHandler(name);
    if (suggestion === undefined) return [];
    return {
      severity: "warning",
      code: "near-miss-export",
      message: `The export "${name}" is no handler, so no request reaches it`,
      file: `${directory}/${file}`,
      remedy: `Call it ${suggestion} if it is meant to answer requests.`,
    };
  });
}

/** Helper modules have no parameters in their names. */
function looksLikeRoute(file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return /^_middleware_?\./.test(name) || /\[\w+(?:=\w+)?\]/.test(name);
}

function missingHandler(file: string, hasDefault: boolean): Problem {
  return {
    severity: "warning",
    code: "missing-handler",
    message: "The file looks like a route by its name but exports no handler",
    file,
    remedy: hasDefault
      ? "Export the function as onRequest: the default export is no handler."
      : "Export a function called onRequest, onRequestGet, onRequestPost or the like.",
  };
}

function noHandlers(directory: string): Problem {
  return {
    severity: "warning",
    code: "no-handlers",
    message: `Nothing in ${directory}/ exports a handler, so it has no routes`,
    file: directory,
    remedy:
      "Export a function called onRequest, onRequestGet, onRequestPost or the like from one of its files.",
  };
}
