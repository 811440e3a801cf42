// Modules of this package that a build puts into bundles, under names that say nothing about where the
// package is installed.

import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { ownModule } from "./own-module.ts";

const NAMESPACE = "causeway-injected";

/** How generated code imports one of them. */
export const CLOUDFLARE_WORKERS = "causeway:cloudflare-workers";
export const MOUNTED_ASSETS = "causeway:mounted-assets";

/** Makes them importable. */
export function injectedModules(): Plugin {
  return {
    name: "causeway-injected-modules",
    setup(build) {
      build.onResolve({ filter: /^causeway:/ }, ({ path }) =>
        path === CLOUDFLARE_WORKERS || path === MOUNTED_ASSETS
          ? { path: path.slice("causeway:".length), namespace: NAMESPACE }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        const module = ownModule(`injected/${path}`);
        return { contents: await readFile(module, "utf8"), loader: module.endsWith(".ts") ? "ts" : "js" };
      });
    },
  };
}
