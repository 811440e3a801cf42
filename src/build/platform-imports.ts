// Imports that a runtime provides itself: `node:*` (Workers docs, "Node.js compatibility") and
// `cloudflare:*`. They stay imports, except where one runtime needs another's in its own terms.

import { builtinModules } from "node:module";
import type { OnResolveArgs, OnResolveResult, Plugin } from "esbuild";
import type { Problem } from "../contract/problem.ts";
import type { BundleFlavour } from "./module-imports.ts";
import { ownModule } from "./own-module.ts";

/** An import that only some runtimes can answer. */
export interface PlatformImport {
  /** As the runtime knows it: `node:crypto`, `cloudflare:workers`. */
  module: string;
  /** Absolute path of the importing file. */
  importer: string;
}

const REQUIRED = "causeway-required-builtin";
const BUILTINS = new Set(builtinModules.filter((name) => !name.startsWith("_") && !name.startsWith("node:")));

/** Leaves the runtime's own modules as imports and gives each to `addImport`. */
export function platformImports(
  flavour: BundleFlavour,
  nodeCompat: boolean,
  addImport: (found: PlatformImport) => void,
): Plugin {
  return {
    name: "causeway-platform-imports",
    setup(build) {
      const builtins = nodeCompat ? new RegExp(`^(?:node:.*|${[...BUILTINS].join("|")})$`) : /^node:/;
      build.onResolve({ filter: builtins }, (args) => {
        const module = args.path.startsWith("node:") ? args.path : `node:${args.path}`;
        // The build's own additions read files on servers; that is not the application asking for Node.
        if (!args.namespace.startsWith("causeway-")) addImport({ module, importer: args.importer });
        if (args.kind === "require-call") return { path: module, namespace: REQUIRED };
        return { path: module, external: true };
      });
      // `require` does not exist in an ES module: what it asks for is imported instead.
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => ({
        contents: `import builtin from ${JSON.stringify(path)};\nmodule.exports = builtin;`,
      }));
      build.onResolve({ filter: /^cloudflare:/ }, (args) => {
        addImport({ module: args.path, importer: args.importer });
        return flavour === "workers" ? { path: args.path, external: true } : resolveCloudflare(args);
      });
    },
  };
}

/** Whether a bare name is one of Node's own modules. */
export function isNodeBuiltin(name: string): boolean {
  return BUILTINS.has(name.replace(/^node:/, ""));
}

function resolveCloudflare({ path }: OnResolveArgs): OnResolveResult {
  if (path === "cloudflare:workers") return { path: ownModule("injected/cloudflare-workers") };
  const problem: Problem = {
    severity: "error",
    code: "import-workers-only",
    message: `"${path}" exists on Workers only`,
    remedy: "Build for Workers alone (--target workers), or do without it.",
  };
  return { errors: [{ text: problem.message, detail: problem }] };
}
