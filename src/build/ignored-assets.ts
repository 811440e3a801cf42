// What of a project must not be listed, beside what the conventions ignore: its functions, the build, and
// what a Worker's `.assetsignore` names (Workers docs, "Static Assets: ignoring assets").

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";
import type { Project } from "../config/project.ts";

/** True for a manifest path that must not be listed. */
export type IgnoreRule = (path: string, kind: "file" | "directory") => boolean;

/** Puts the rules of a project together. */
export async function createIgnoreRule(
  project: Project,
  assetsDir: string,
  outDir: string,
): Promise<IgnoreRule> {
  const { conventions, functionsDir } = project;
  const isListed =
    conventions === "workers" ? await readIgnoreFile(join(assetsDir, ".assetsignore")) : () => false;
  // Both may lie inside: a static directory can be the project itself.
  const own = new Set([functionsDir, outDir]);
  return (path, kind) => isListed(path, kind) || (kind === "directory" && own.has(join(assetsDir, path)));
}

/** The rules of a file in the syntax of .gitignore; none if it does not exist. */
async function readIgnoreFile(path: string): Promise<IgnoreRule> {
  const text = await readFile(path, "utf8").catch(() => "");
  const rules = ignore({ allowRelativePaths: true }).add(text);
  return (asset, kind) => rules.ignores(`${asset.slice(1)}${kind === "directory" ? "/" : ""}`);
}
