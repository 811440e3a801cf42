// Which names does each function file export? Found by parsing, never by running the file, and file by
// file: what `export * from` brings along is not seen, as on Pages.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import type { Problem } from "../contract/problem.ts";
import { SOURCE_LOADERS } from "./bundler-options.ts";
import { isBuildFailure, toProblems } from "./bundler-problem.ts";
import { listFunctionFiles } from "./function-files.ts";

/** A function file and the names that it exports. */
export interface ScannedFile {
  /** Below the functions directory, with `/`. */
  file: string;
  exports: string[];
}

export interface FunctionScan {
  /** In the order of discovery, without the files that could not be parsed. */
  files: ScannedFile[];
  problems: Problem[];
}

export interface FunctionScanner {
  /** Reads the directory again; only files that changed since the last scan are parsed. */
  scan(): Promise<FunctionScan>;
}

interface KnownFile {
  stamp: string;
  exports: string[];
}

/** Creates a scanner that remembers what it has parsed. */
export function createFunctionScanner(root: string, functionsDir: string): FunctionScanner {
  let known = new Map<string, KnownFile>();
  return {
    async scan() {
      const found = await listFunctionFiles(functionsDir);
      const stamps = new Map(
        await Promise.all(
          found.map(async (file) => [file, await stampOf(join(functionsDir, file))] as const),
        ),
      );
      const isKnown = (file: string) => known.get(file)?.stamp === stamps.get(file);
      const parsed = await parseExports(
        root,
        functionsDir,
        found.filter((file) => !isKnown(file)),
      );
      const current = new Map<string, KnownFile>();
      for (const file of found) {
        const exports = parsed.exports.get(file) ?? (isKnown(file) ? known.get(file)?.exports : undefined);
        if (exports !== undefined) current.set(file, { stamp: stamps.get(file) ?? "", exports });
      }
      known = current;
      const files = [...current].map(([file, { exports }]) => ({ file, exports }));
      return { files, problems: parsed.problems };
    },
  };
}

/** Changes whenever the file is written. */
async function stampOf(path: string): Promise<string> {
  const { mtimeNs, size } = await stat(path, { bigint: true });
  return `${mtimeNs}:${size}`;
}

interface ParsedExports {
  exports: Map<string, string[]>;
  problems: Problem[];
}

/** Parses files below `directory` and lists what each exports. */
export async function parseExports(
  root: string,
  functionsDir: string,
  files: string[],
): Promise<ParsedExports> {
  if (files.length === 0) return { exports: new Map(), problems: [] };
  const byPath = new Map(files.map((file) => [join(functionsDir, file), file]));
  try {
    const { metafile } = await build(scanOptions(root, [...byPath.keys()]));
    return { exports: readExports(metafile, root, byPath), problems: [] };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const problems = toProblems(error.errors, "error", root);
    const broken = new Set(
      error.errors.map((message) => message.location && join(root, message.location.file)),
    );
    const rest = [...byPath].filter(([path]) => !broken.has(path)).map(([, file]) => file);
    // One broken file fails the whole call: the others are parsed again, so that their routes get checked too.
    const others = rest.length < files.length ? await parseExports(root, functionsDir, rest) : undefined;
    return { exports: others?.exports ?? new Map(), problems: [...problems, ...(others?.problems ?? [])] };
  }
}

/**
 * Each file is an entry whose imports are all external. Code splitting makes esbuild link the entries
 * as one graph, which for a thousand of them takes half the time of a thousand separate ones.
 */
function scanOptions(root: string, paths: string[]): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: root,
    entryPoints: paths.map((path, index) => ({ in: path, out: String(index) })),
    outdir: join(root, ".scan"),
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

function readExports(metafile: Metafile, root: string, byPath: Map<string, string>): Map<string, string[]> {
  const exports = new Map<string, string[]>();
  for (const output of Object.values(metafile.outputs)) {
    const file = output.entryPoint === undefined ? undefined : byPath.get(join(root, output.entryPoint));
    if (file !== undefined) exports.set(file, output.exports);
  }
  return exports;
}
