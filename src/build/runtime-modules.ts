// The serve half as modules that a build brings along, so that it runs without node_modules. They are the
// same for every site: made once when the package is compiled, or on demand in a checkout.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import type { BuildFile } from "./build-file.ts";
import { ownModule } from "./own-module.ts";
import { platformImports } from "./platform-imports.ts";
import { TARGETS, type Target } from "./target.ts";

/** What a build can bring along: a target's runtime, or the HTML engine, which only some sites use. */
export type RuntimeModule = Target | "html-rewriter";

const RUNTIME_MODULES: readonly RuntimeModule[] = [...TARGETS, "html-rewriter"];

const DIRECTORY = "runtime";
/** Where a compiled package holds the finished modules. */
const COMPILED = fileURLToPath(new URL("../bundled/", import.meta.url));
const ENGINE_PACKAGE = "html-rewriter-wasm";
const ENGINE_FILES = ["html-rewriter.cjs", "html_rewriter_bg.wasm"];

const made = new Map<RuntimeModule, Promise<BuildFile[]>>();

/** The files of a module, below the build. */
export function loadRuntimeModule(name: RuntimeModule): Promise<BuildFile[]> {
  const known = made.get(name);
  if (known !== undefined) return known;
  const names = fileNames(name);
  const isCompiled = names.every((file) => existsSync(join(COMPILED, file)));
  const files = isCompiled ? Promise.all(names.map(readCompiled)) : makeRuntimeModule(name);
  made.set(name, files);
  return files;
}

/** Makes every module and puts it where builds of the compiled package look for it. */
export async function compileRuntimeModules(): Promise<void> {
  await mkdir(COMPILED, { recursive: true });
  for (const files of await Promise.all(RUNTIME_MODULES.map(makeRuntimeModule))) {
    for (const { path, contents } of files) await writeFile(join(COMPILED, basename(path)), contents);
  }
}

/** How entries, which lie at the top of a build, import a target's runtime. */
export function runtimePath(target: Target): string {
  return `./${DIRECTORY}/${target}.js`;
}

/** Bundles a module from this package's own code. */
async function makeRuntimeModule(name: RuntimeModule): Promise<BuildFile[]> {
  if (name === "html-rewriter") return makeEngine();
  const { outputFiles } = await build(name === "workers" ? workersOptions() : serverOptions(name));
  return fileNames(name).map((file) => toBuildFile(file, outputFiles?.[0]?.contents));
}

function fileNames(name: RuntimeModule): string[] {
  return name === "html-rewriter" ? ENGINE_FILES : [`${name}.js`];
}

async function readCompiled(file: string): Promise<BuildFile> {
  return toBuildFile(file, await readFile(join(COMPILED, file)));
}

function toBuildFile(file: string, contents: Uint8Array = new Uint8Array()): BuildFile {
  return { path: `${DIRECTORY}/${file}`, contents };
}

function workersOptions(): BuildOptions {
  return {
    ...SHARED_OPTIONS,
    entryPoints: [ownModule("../runtimes/workers")],
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
  };
}

function serverOptions(target: Target): BuildOptions {
  return {
    ...SHARED_OPTIONS,
    entryPoints: [ownModule(`../runtimes/${target}`)],
    platform: "node",
    conditions: ["import", "default"],
    define: { CAUSEWAY_HTML_REWRITER: JSON.stringify(`./${ENGINE_FILES[0]}`) },
    plugins: [platformImports("server", true, () => {})],
  };
}

/** Paths in comments are relative to the package; licences of bundled packages stay with their code. */
const SHARED_OPTIONS: BuildOptions = {
  absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
  bundle: true,
  format: "esm",
  target: "es2023",
  charset: "utf8",
  legalComments: "eof",
  write: false,
  logLevel: "silent",
};

/** A CommonJS package that reads its WebAssembly from a file beside itself. */
async function makeEngine(): Promise<BuildFile[]> {
  const entry = createRequire(import.meta.url).resolve(ENGINE_PACKAGE);
  const { outputFiles } = await build({
    ...SHARED_OPTIONS,
    entryPoints: [entry],
    format: "cjs",
    platform: "node",
  });
  const [script = "", wasm = ""] = ENGINE_FILES;
  return [
    toBuildFile(script, outputFiles?.[0]?.contents),
    toBuildFile(wasm, await readFile(join(dirname(entry), wasm))),
  ];
}
