// Where a build is written, and which configured paths are our own output rather than the user's sources.

import { join, relative, resolve, sep } from "node:path";
import type { Problem } from "../contract/problem.ts";

const USUAL = "dist";
const ALTERNATIVE = join(".causeway", "build");
/** Where builds are written, relative to the project, in the order of preference. */
export const OUTPUT_DIRECTORIES: readonly string[] = [USUAL, ALTERNATIVE];
/** The file in a build that a Worker's `main` points to. */
const WORKERS_ENTRY = "workers.js";

interface Directories {
  root: string;
  assetsDir: string | undefined;
  functionsDir: string | undefined;
}

/**
 * Absolute path of the build. Without a wish it is `dist`, unless the site's own files are there or around
 * it: front-end tools use the same name, and a build must never overwrite or publish what it reads.
 */
export function selectOutputDirectory(
  { root, assetsDir, functionsDir }: Directories,
  wish?: string,
): { outDir: string; problems: Problem[] } {
  const outDir = resolve(root, wish ?? USUAL);
  const overwritten = [assetsDir, functionsDir, root].find(
    (dir) => dir !== undefined && isInside(dir, outDir),
  );
  const published = assetsDir !== undefined && isInside(outDir, assetsDir);
  if (wish !== undefined) {
    if (overwritten !== undefined) return { outDir, problems: [overwritesSources(wish, root, overwritten)] };
    return { outDir, problems: published ? [publishesBuild(wish, root, assetsDir)] : [] };
  }
  return { outDir: overwritten === undefined && !published ? outDir : join(root, ALTERNATIVE), problems: [] };
}

/** Whether a configured `main` is the Workers entry that a build writes. */
export function isOwnEntry(root: string, main: string, outDir?: string): boolean {
  return ownDirectories(root, outDir).some(
    (directory) => resolve(root, main) === join(directory, WORKERS_ENTRY),
  );
}

/** Whether a path is, or lies in, a directory that builds are written to. */
export function isInOwnOutput(root: string, path: string, outDir?: string): boolean {
  return ownDirectories(root, outDir).some((directory) => isInside(resolve(root, path), directory));
}

function ownDirectories(root: string, outDir: string | undefined): string[] {
  const names = outDir === undefined ? OUTPUT_DIRECTORIES : [...OUTPUT_DIRECTORIES, outDir];
  return names.map((name) => resolve(root, name));
}

function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function publishesBuild(wish: string, root: string, assetsDir: string): Problem {
  return {
    severity: "error",
    code: "output-published",
    message: `Cannot build into "${wish}": the next build would publish it with "${relative(root, assetsDir)}"`,
    remedy: "Give --out a directory outside the static files.",
  };
}

function overwritesSources(wish: string, root: string, source: string): Problem {
  return {
    severity: "error",
    code: "output-overwrites-sources",
    message: `Cannot build into "${wish}": the site's own files in "${relative(root, source) || "."}" are there`,
    remedy: "Give --out a directory that holds nothing else.",
  };
}
