// Which names does a module export? Found by parsing, never by running it, and file by file: what
// `export * from` brings along is not seen, as on Pages.

import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import type { Problem } from "../contract/problem.ts";
import { SOURCE_LOADERS } from "./bundler-options.ts";
import { isBuildFailure, toProblems } from "./bundler-problem.ts";

export interface ParsedExports {
  /** By file, sorted by name; nothing for files that could not be parsed. */
  exports: Map<string, string[]>;
  problems: Problem[];
}

/** Parses files below `directory` and lists what each exports. */
export async function parseExports(
  root: string,
  directory: string,
  files: readonly string[],
): Promise<ParsedExports> {
  if (files.length === 0) return { exports: new Map(), problems: [] };
  const byPath = new Map(files.map((file) => [join(directory, file), file]));
  try {
    const { metafile } = await build(parserOptions(root, [...byPath.keys()]));
    return { exports: readExports(metafile, root, byPath), problems: [] };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const problems = toProblems(error.errors, "error", root);
    const broken = new Set(
      error.errors.map(({ location }) => location && byPath.get(join(root, location.file))),
    );
    const rest = files.filter((file) => !broken.has(file));
    // One broken file fails the whole call: the others are parsed again, so that they get checked too.
    const others = rest.length < files.length ? await parseExports(root, directory, rest) : undefined;
    return { exports: others?.exports ?? new Map(), problems: [...problems, ...(others?.problems ?? [])] };
  }
}

/**
 * Each file is an entry whose imports are all external. Code splitting makes esbuild link the entries
 * as one graph, which for a thousand of them takes half the time of a thousand separate ones.
 */
function parserOptions(root: string, paths: readonly string[]): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: root,
    entryPoints: paths.map((path, index) => ({ in: path, out: String(index) })),
    outdir: join(root, ".parsed"),
    bundle: true,
    splitting: true,
    external: [".", "..", "./*", "../*", "/*"],
    packages: "external",
    format: "esm",
    loader: { ...SOURCE_LOADERS, ".bin": "empty", ".wasm": "empty" },
    write: false,
    metafile: true,
    logLevel: "silent",
  };
}

function readExports(
  metafile: Metafile,
  root: string,
  byPath: ReadonlyMap<string, string>,
): Map<string, string[]> {
  const exports = new Map<string, string[]>();
  for (const output of Object.values(metafile.outputs)) {
    const file = output.entryPoint === undefined ? undefined : byPath.get(join(root, output.entryPoint));
    if (file !== undefined) exports.set(file, output.exports);
  }
  return exports;
}
