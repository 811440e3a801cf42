// Does the code ask for modules that a target does not have as the project is configured?

import { readFile } from "node:fs/promises";
import type { Project } from "../config/project.ts";
import { placeAtOffset } from "../config/source-place.ts";
import type { Problem } from "../contract/problem.ts";
import { hasNodeCompat } from "./bundler-options.ts";
import { toProjectPath } from "./bundler-problem.ts";
import type { PlatformImport } from "./platform-imports.ts";

/** Workers has Node's modules only for projects that ask for them: one problem for all such imports. */
export async function checkNodeImports(
  project: Project,
  imports: readonly PlatformImport[],
): Promise<Problem[]> {
  if (hasNodeCompat(project.compatibilityFlags)) return [];
  const nodeImports = imports.filter(({ module }) => isMissing(module, project.compatibilityFlags));
  const first = nodeImports[0];
  if (first === undefined) return [];
  const modules = [...new Set(nodeImports.map(({ module }) => `"${module}"`))].sort();
  return [
    {
      severity: "error",
      code: "node-compat-missing",
      message: `Workers has no ${modules.join(", ")} without the compatibility flag nodejs_compat`,
      ...(await placeOf(first, project.root)),
      remedy: 'Add compatibility_flags = ["nodejs_compat"] to the wrangler configuration.',
    },
  ];
}

/** `nodejs_als` brings one module of Node alone. */
function isMissing(module: string, flags: readonly string[]): boolean {
  if (module === "node:async_hooks" && flags.includes("nodejs_als")) return false;
  return module.startsWith("node:");
}

async function placeOf({ module, importer }: PlatformImport, root: string): Promise<Partial<Problem>> {
  const file = toProjectPath(importer, root);
  const text = await readFile(importer, "utf8").catch(() => "");
  const name = module.slice("node:".length);
  const offset = text.search(new RegExp(`["'](?:node:)?${name}["']`));
  return offset < 0 ? { file } : { file, ...placeAtOffset(text, offset + 1) };
}
