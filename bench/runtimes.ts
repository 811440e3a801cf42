// Where the runtimes are that `npm ci` brings.

import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");
/** The command line of this checkout. */
export const CAUSEWAY = join(ROOT, "lib/cli/bin.js");

export function runtimeOf(name: "bun" | "deno"): string {
  return join(ROOT, "node_modules", name === "bun" ? "bun/bin/bun.exe" : "deno/deno");
}
