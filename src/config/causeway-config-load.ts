// Finds, runs and checks causeway.config.ts: bundled by esbuild, so that it may be TypeScript and import what it
// likes, then read value by value. Every mistake comes with file, line and remedy.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, build, type Message, type Plugin } from "esbuild";
import type { Problem } from "../contract/problem.ts";
import type { RoutingSection } from "../contract/routing.ts";
import { locateSetting } from "./causeway-config-place.ts";
import { readCausewayConfig } from "./causeway-config-read.ts";
import type { ConfigMistake } from "./causeway-config-values.ts";

/** The names that are looked for, strongest first. */
export const CAUSEWAY_CONFIG_FILES = [
  "causeway.config.ts",
  "causeway.config.js",
  "causeway.config.mjs",
] as const;

/** Nobody who watches a project looks there. */
const WORK_DIRECTORY = ".causeway";

/** What a project's configuration says; `section` is undefined without a file and after mistakes. */
export interface LoadedCausewayConfig {
  section: RoutingSection | undefined;
  /** Absolute; undefined where there is none. */
  file: string | undefined;
  problems: Problem[];
}

/** Loads the configuration of the project in `root`. */
export async function loadCausewayConfig(root: string): Promise<LoadedCausewayConfig> {
  const name = CAUSEWAY_CONFIG_FILES.find((candidate) => existsSync(join(root, candidate)));
  if (name === undefined) return { section: undefined, file: undefined, problems: [] };
  const file = join(root, name);
  try {
    const text = await readFile(file, "utf8");
    const { section, mistakes } = readCausewayConfig(await evaluate(root, file));
    const problems = mistakes.map((mistake) => toProblem(mistake, name, text));
    return { section: problems.length === 0 ? section : undefined, file, problems };
  } catch (error) {
    const problems = isBuildFailure(error)
      ? error.errors.map((message) => fromBundler(message, name))
      : [threw(error, name)];
    return { section: undefined, file, problems };
  }
}

/** The default export. The module lies inside the project while it runs, so that packages are found. */
async function evaluate(root: string, file: string): Promise<unknown> {
  const { outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    target: "es2023",
    sourcemap: "inline",
    write: false,
    logLevel: "silent",
    plugins: [ownPackage()],
  });
  const work = join(root, WORK_DIRECTORY);
  await mkdir(work, { recursive: true });
  const directory = await mkdtemp(join(work, "config-"));
  try {
    const module = join(directory, "config.mjs");
    await writeFile(module, outputFiles[0]?.contents ?? "");
    return ((await import(pathToFileURL(module).href)) as { default?: unknown }).default;
  } finally {
    await rm(directory, { recursive: true, force: true });
    await rmdir(work).catch(() => {
      // Not empty: development keeps its builds there.
    });
  }
}

/** `import { defineConfig } from "causeway"` works where the package is not installed in the project, too. */
function ownPackage(): Plugin {
  const contents = "export const defineConfig = (config) => config;";
  return {
    name: "causeway-package",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^causeway$/ }, () => ({ path: "causeway", namespace: "causeway-package" }));
      onLoad({ filter: /.*/, namespace: "causeway-package" }, () => ({ contents }));
    },
  };
}

function toProblem({ path, message, remedy }: ConfigMistake, file: string, text: string): Problem {
  return {
    severity: "error",
    code: "causeway-config",
    message,
    file,
    ...locateSetting(text, path),
    remedy,
  };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function fromBundler({ text, location }: Message, name: string): Problem {
  return {
    severity: "error",
    code: "causeway-config-syntax",
    message: `Cannot read "${name}": ${text}`,
    file: location?.file ?? name,
    ...(location === null
      ? {}
      : { line: location.line, column: location.column + 1, excerpt: location.lineText }),
    remedy: "Correct the code there.",
  };
}

function threw(error: unknown, name: string): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return {
    severity: "error",
    code: "causeway-config-threw",
    message: `Cannot run "${name}": ${message}`,
    file: name,
    remedy: "Correct the code that runs when the file is imported.",
  };
}
