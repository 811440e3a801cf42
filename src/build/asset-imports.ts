// `assets:DIR` imports (Pages docs, "Pages Functions plugins", static assets): the directory joins the
// site's files at a reserved path, and the import becomes a handler that serves from there.

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";
import type { Problem } from "../contract/problem.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { MOUNTED_ASSETS } from "./injected-modules.ts";

/** A directory that functions serve, and where its files go. */
export interface AssetMount {
  /** Absolute. */
  directory: string;
  /** Manifest path of the directory, without a slash at the end. */
  prefix: string;
}

const MOUNT = "causeway-assets";
/** Reserved on Pages: clients cannot ask for it, functions can. */
const MOUNT_ROOT = "/cdn-cgi/pages-plugins";

/** Resolves `assets:` imports relative to the importing file and gives each directory to `addMount`. */
export function assetImports(root: string, binding: string, addMount: (mount: AssetMount) => void): Plugin {
  return {
    name: "causeway-asset-imports",
    setup(build) {
      build.onResolve({ filter: /^assets:/ }, async ({ path, resolveDir }) => {
        const directory = resolve(resolveDir, path.slice("assets:".length));
        const name = toProjectPath(directory, root);
        if (await isDirectory(directory)) return { path: name, namespace: MOUNT };
        const problem = missingDirectory(name);
        return { errors: [{ text: problem.message, detail: problem }] };
      });
      build.onLoad({ filter: /.*/, namespace: MOUNT }, ({ path }) => {
        const prefix = `${MOUNT_ROOT}/${mountId(path)}`;
        addMount({ directory: resolve(root, path), prefix });
        return {
          contents: [
            `import { serveMountedAssets } from ${JSON.stringify(MOUNTED_ASSETS)};`,
            `export const onRequest = serveMountedAssets(${JSON.stringify(prefix)}, ${JSON.stringify(binding)});`,
          ].join("\n"),
        };
      });
    },
  };
}

/** The same for every build of a project, wherever it is checked out. */
function mountId(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function missingDirectory(path: string): Problem {
  return {
    severity: "error",
    code: "assets-directory-missing",
    message: `Cannot mount the directory "${path}": it does not exist`,
    remedy: "Create it, or correct the path: it is relative to the importing file.",
  };
}
