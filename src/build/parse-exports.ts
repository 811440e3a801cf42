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

/** Only a name: nothing is written. */
const OUTPUT_DIRECTORY = ".parsed";

/** Parses files below `directory` and lists what each exports. */
export async function parseExports(
  root: string,
  directory: string,
  files: readonly string[],
): Promise<ParsedExports> {
  const [now, later] = setTwinsApart(files);
  const first = await parseApart(root, directory, now);
  if (later.length === 0) return first;
  const second = await parseExports(root, directory, later);
  return {
    exports: new Map([...first.exports, ...second.exports]),
    problems: [...first.problems, ...second.problems],
  };
}

/** esbuild takes paths that differ in case only for one module, so that they cannot be parsed in one call. */
function setTwinsApart(files: readonly string[]): [now: string[], later: string[]] {
  const names = new Set<string>();
  const [now, later]: [string[], string[]] = [[], []];
  for (const file of files) {
    const name = file.toLowerCase();
    (names.has(name) ? later : now).push(file);
    names.add(name);
  }
  return [now, later];
}

async function parseApart(root: string, directory: string, files: readonly string[]): Promise<ParsedExports> {
  if (files.length === 0) return { exports: new Map(), problems: [] };
  const paths = files.map((file) => join(directory, file));
  try {
    const { metafile } = await build(parserOptions(root, paths));
    return { exports: readExports(metafile, files), problems: [] };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const problems = toProblems(error.errors, "error", root);
    const broken = new Set(
      error.errors.map(({ location }) => (location ? join(root, location.file) : undefined)),
    );
    const rest = files.filter((_, index) => !broken.has(paths[index]));
    // One broken file fails the whole call: the others are parsed again, so that they get checked too.
    const others = rest.length < files.length ? await parseApart(root, directory, rest) : undefined;
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
    outdir: join(root, OUTPUT_DIRECTORY),
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

/** Outputs have the number of their entry for a name: an entry may be a link, and is then called by its target. */
function readExports(metafile: Metafile, files: readonly string[]): Map<string, string[]> {
  return new Map(
    files.map((file, index) => [file, metafile.outputs[`${OUTPUT_DIRECTORY}/${index}.js`]?.exports ?? []]),
  );
}
