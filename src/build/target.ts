// Where a build can run, and which of its two bundles each target takes.

import type { BundleFlavour } from "./module-imports.ts";

/** A runtime that a build gets an entry for. */
export type Target = "node" | "bun" | "deno" | "workers";

/** Every target, in the order in which they are named to users. */
export const TARGETS: readonly Target[] = ["node", "bun", "deno", "workers"];

/** The flavour of a target's bundle. */
export function flavourOf(target: Target): BundleFlavour {
  return target === "workers" ? "workers" : "server";
}
