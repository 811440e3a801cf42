// How esbuild reads a project's code: the loaders, conditions and globals that Pages documents for
// functions ("Module support", "Node.js compatibility"), the same for every target.

import type { BuildOptions, Loader } from "esbuild";
import type { Project } from "../config/project.ts";

export type BuildMode = "production" | "development";

/** Since this date `navigator` exists in Workers unless a flag takes it away. */
const NAVIGATOR_DATE = "2022-03-21";

/** Loaders beside esbuild's own. Pages accepts JSX in plain JavaScript files. */
export const SOURCE_LOADERS: Record<string, Loader> = {
  ".js": "jsx",
  ".mjs": "jsx",
  ".cjs": "jsx",
  ".txt": "text",
  ".html": "text",
  ".sql": "text",
};

/** Globals of Node that code on Workers only sees with `nodejs_compat`. */
const NODE_GLOBALS = ["process", "Buffer", "global", "setImmediate", "clearImmediate"];

/** Options for bundling a project's functions or worker into ES modules. */
export function bundlerOptions(project: Project, mode: BuildMode): BuildOptions {
  return {
    absWorkingDir: project.root,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    loader: SOURCE_LOADERS,
    define: definedGlobals(project, mode),
    charset: "utf8",
    legalComments: "inline",
    sourcemap: "linked",
    write: false,
    metafile: true,
    logLevel: "silent",
  };
}

/** Whether `node:` modules and Node's globals are there for a project. */
export function hasNodeCompat(flags: readonly string[]): boolean {
  return flags.includes("nodejs_compat") || flags.includes("nodejs_compat_v2");
}

/**
 * What global names mean. NODE_ENV is that of the environment in which the build runs, else the build's mode.
 * Without `nodejs_compat` the globals of Node read as undefined, so that code
 * which asks `typeof process` takes the same way on every target.
 */
function definedGlobals(project: Project, mode: BuildMode): Record<string, string> {
  const flags = project.compatibilityFlags;
  const environment = JSON.stringify(process.env.NODE_ENV || mode);
  return {
    ...(hasNodeCompat(flags) ? {} : Object.fromEntries(NODE_GLOBALS.map((name) => [name, "undefined"]))),
    ...(hasNavigator(project) ? { "navigator.userAgent": '"Cloudflare-Workers"' } : {}),
    "process.env.NODE_ENV": environment,
    "global.process.env.NODE_ENV": environment,
    "globalThis.process.env.NODE_ENV": environment,
  };
}

function hasNavigator({ compatibilityDate, compatibilityFlags }: Project): boolean {
  if (compatibilityFlags.includes("no_global_navigator")) return false;
  if (compatibilityFlags.includes("global_navigator")) return true;
  return compatibilityDate === undefined || compatibilityDate >= NAVIGATOR_DATE;
}
