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

const DIRECTORY = "runtime";
/** Where a compiled package holds the finished modules. */
const COMPILED = fileURLToPath(new URL("../bundled/", import.meta.url));
/** The package of the HTML engine, brought along as it is: it finds its own files by their names. */
const ENGINE_PACKAGE = "html-rewriter-wasm";
const ENGINE_DIRECTORY = "html-rewriter";
const ENGINE_FILES = [
  "package.json",
  "dist/asyncify.js",
  "dist/html_rewriter.js",
  "dist/html_rewriter_bg.wasm",
];

const made = new Map<Target, Promise<BuildFile>>();

/** The serve half for a target, as a file of a build. */
export function loadRuntimeModule(target: Target): Promise<BuildFile> {
  const known = made.get(target);
  if (known !== undefined) return known;
  const compiled = join(COMPILED, `${target}.js`);
  const file = existsSync(compiled) ? readAs(compiled, `${target}.js`) : makeRuntimeModule(target);
  made.set(target, file);
  return file;
}

/** What `HTMLRewriter` needs beside a runtime module. */
export function loadHtmlEngine(): Promise<BuildFile[]> {
  const root = dirname(createRequire(import.meta.url).resolve(`${ENGINE_PACKAGE}/package.json`));
  return Promise.all(ENGINE_FILES.map((file) => readAs(join(root, file), `${ENGINE_DIRECTORY}/${file}`)));
}

/** Makes every module and puts it where builds of the compiled package look for it. */
export async function compileRuntimeModules(): Promise<void> {
  await mkdir(COMPILED, { recursive: true });
  for (const { path, contents } of await Promise.all(TARGETS.map(makeRuntimeModule))) {
    await writeFile(join(COMPILED, basename(path)), contents);
  }
}

/** How entries, which lie at the top of a build, import a target's runtime. */
export function runtimePath(target: Target): string {
  return `./${DIRECTORY}/${target}.js`;
}

/** Bundles a module from this package's own code. */
async function makeRuntimeModule(target: Target): Promise<BuildFile> {
  const { outputFiles } = await build(target === "workers" ? workersOptions() : serverOptions(target));
  return { path: `${DIRECTORY}/${target}.js`, contents: outputFiles?.[0]?.contents ?? new Uint8Array() };
}

async function readAs(file: string, name: string): Promise<BuildFile> {
  return { path: `${DIRECTORY}/${name}`, contents: await readFile(file) };
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
    // Who wants it installs it.
    external: ["@redis/client"],
    define: { CAUSEWAY_HTML_REWRITER: JSON.stringify(`./${ENGINE_DIRECTORY}`) },
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
