// Bundles a `_worker.js` directory (Pages docs, "Advanced mode"): the entry with its packages, while the
// other modules stay files, so that imports computed at run time find them.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildFile, textFile } from "./build-file.ts";
import { type Bundle, type BundlerOptions, createBundler } from "./bundle.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { reexportEntry } from "./entry-source.ts";
import type { WorkerSource } from "./find-worker.ts";

const ENTRY_MODULE = "index.js";

/** Bundles the directory once; `options.path` is the module that re-exports the Worker. */
export async function bundleWorkerDirectory(
  { directory, modules }: WorkerSource & { directory: string },
  options: BundlerOptions,
): Promise<Bundle> {
  const others = modules.filter((file) => file !== ENTRY_MODULE);
  const copies = await Promise.all(others.map((file) => readModule(directory, file)));
  // The folder is named by its contents: a module that changed has to load from another URL.
  const folder = `worker-${await hashModules(directory, copies)}`;
  const bundler = createBundler({
    ...options,
    path: `${folder}/${ENTRY_MODULE}`,
    external: new Map(others.map((file) => [join(directory, file), `./${file}`])),
  });
  try {
    const bundle = await bundler.bundle(
      reexportEntry(toProjectPath(join(directory, ENTRY_MODULE), options.project.root)),
    );
    if (bundle.files.length === 0) return bundle;
    const inside = copies.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
    const inputs = [...bundle.inputs, ...others.map((file) => join(directory, file))];
    return { ...bundle, inputs, files: [reexport(options.path, folder), ...inside, ...bundle.files] };
  } finally {
    await bundler.dispose();
  }
}

async function readModule(directory: string, file: string): Promise<BuildFile> {
  return { path: file, contents: await readFile(join(directory, file)) };
}

async function hashModules(directory: string, copies: readonly BuildFile[]): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(directory, ENTRY_MODULE)));
  for (const { path, contents } of copies) hash.update(`\0${path}\0`).update(contents);
  return hash.digest("hex").slice(0, 16);
}

function reexport(path: string, folder: string): BuildFile {
  const source = `export { default as worker } from "./${folder}/${ENTRY_MODULE}";\nexport const modules = {};\n`;
  return textFile(path, source);
}
