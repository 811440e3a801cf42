// Imports that a runtime provides itself: `node:*` (Workers docs, "Node.js compatibility") and
// `cloudflare:*`. They stay imports, except where one runtime needs another's in its own terms.

import { builtinModules } from "node:module";
import type { OnResolveResult, Plugin } from "esbuild";
import type { Problem } from "../contract/problem.ts";
import { CLOUDFLARE_WORKERS } from "./injected-modules.ts";
import type { BundleFlavour } from "./module-imports.ts";

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
        if (flavour === "workers") return { path: args.path, external: true };
        if (args.path !== "cloudflare:workers") return refuse(args.path);
        return build.resolve(CLOUDFLARE_WORKERS, { kind: args.kind, resolveDir: args.resolveDir });
      });
    },
  };
}

function refuse(path: string): OnResolveResult {
  const problem: Problem = {
    severity: "error",
    code: "import-workers-only",
    message: `"${path}" exists on Workers only`,
    remedy: "Build for Workers alone (--target workers), or do without it.",
  };
  return { errors: [{ text: problem.message, detail: problem }] };
}
