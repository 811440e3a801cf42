// Imports of files that are not JavaScript: `.bin` as an ArrayBuffer, `.wasm` as a WebAssembly.Module
// (Workers docs, "Bundling"). Text and JSON are esbuild's own loaders.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import type { BuildFile } from "./build-file.ts";
import { toProjectPath } from "./bundler-problem.ts";

/** Which family of runtimes a bundle is for: they load WebAssembly in different ways. */
export type BundleFlavour = "server" | "workers";

const WASM = "causeway-wasm";
const BUFFER = "causeway-buffer";
const BYTES = "causeway-bytes";
/** Keeps the plugin from answering its own question. */
const RESOLVING = { resolving: true };

/**
 * Makes `.bin` and `.wasm` importable. WebAssembly goes into files of its own, given to `addFile` as
 * `modules/<hash>.wasm`: workerd compiles no bytes at run time, so it has to import a module file.
 * `base` is the way from the bundle's folder to the build's (`./`, `../`).
 */
export function moduleImports(
  root: string,
  flavour: BundleFlavour,
  base: string,
  addFile: (file: BuildFile) => void,
): Plugin {
  return {
    name: "causeway-module-imports",
    setup(build) {
      build.onResolve({ filter: /\.wasm(?:\?module)?$/ }, (args) =>
        args.namespace === WASM ? { path: args.path, external: true } : resolveInto(root, build, args, WASM),
      );
      build.onResolve({ filter: /\.bin$/ }, (args) =>
        args.namespace === BUFFER
          ? { path: args.path, namespace: BYTES }
          : resolveInto(root, build, args, BUFFER),
      );
      build.onLoad({ filter: /.*/, namespace: WASM }, async ({ path }) => {
        const contents = await readFile(resolve(root, path));
        const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
        const file = { path: `modules/${hash}.wasm`, contents };
        addFile(file);
        return { contents: wasmLoader(flavour, base + file.path) };
      });
      build.onLoad({ filter: /.*/, namespace: BUFFER }, ({ path }) => ({
        contents: `import bytes from ${JSON.stringify(path)};\nexport default bytes.buffer;`,
      }));
      build.onLoad({ filter: /.*/, namespace: BYTES }, async ({ path }) => ({
        contents: await readFile(resolve(root, path)),
        loader: "binary",
      }));
    },
  };
}

/** Bundles name what they hold, so the names are relative: a build must not tell where it was made. */
async function resolveInto(
  root: string,
  build: PluginBuild,
  args: OnResolveArgs,
  namespace: string,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === RESOLVING) return undefined;
  const { importer, resolveDir, kind } = args;
  const path = args.path.replace(/\?module$/, "");
  const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: RESOLVING });
  if (found.errors.length > 0) return { errors: found.errors, warnings: found.warnings };
  return { path: toProjectPath(found.path, root), namespace };
}

function wasmLoader(flavour: BundleFlavour, path: string): string {
  if (flavour === "workers") return `import module from ${JSON.stringify(path)};\nexport default module;`;
  return [
    'import { readFileSync } from "node:fs";',
    `export default new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(path)}, import.meta.url)));`,
  ].join("\n");
}
