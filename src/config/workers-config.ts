// The wrangler configuration of a build: what the project's own says, with our entry and our assets.

import { join, relative } from "node:path";
import type { Project } from "./project.ts";
import { loadSettingsFile } from "./settings-file.ts";

/** Used where the project names none; Workers refuse to be deployed without. */
const DEFAULT_COMPATIBILITY_DATE = "2026-11-01";

/** Keys that describe the sources; a build needs none of them. */
const SOURCE_KEYS = [
  "$schema",
  "pages_build_output_dir",
  "build",
  "no_bundle",
  "rules",
  "tsconfig",
  "alias",
  "define",
];

/** What the generated configuration says about our own entry. */
export interface WorkersEntry {
  /** Relative to the build, as are `assets.directory` and all else. */
  main: string;
  assets: Record<string, unknown>;
}

/** The configuration to write into the build as wrangler.json; secrets are never part of it. */
export async function createWorkersConfig(
  project: Project,
  entry: WorkersEntry,
  environment: string | undefined,
): Promise<Record<string, unknown>> {
  const file = await loadSettingsFile(project.root);
  const { env, ...own } = omit(file?.value ?? {}, SOURCE_KEYS);
  const selected =
    environment === undefined ? undefined : (env as Record<string, object> | undefined)?.[environment];
  const config = {
    ...own,
    name: workerName(project.name),
    ...entry,
    compatibility_date: project.compatibilityDate ?? DEFAULT_COMPATIBILITY_DATE,
    compatibility_flags: project.compatibilityFlags,
  };
  if (environment === undefined) return { ...config, vars: project.vars };
  const section = { ...omit({ ...selected }, ["main", "assets", ...SOURCE_KEYS]), vars: project.vars };
  return { ...config, env: { [environment]: section } };
}

/** The path of a file as seen from the build, with `/` separators. */
export function pathFromBuild(outDir: string, path: string): string {
  const name = relative(outDir, path).replaceAll("\\", "/");
  return name.startsWith(".") ? name : `./${name}`;
}

/** Where the generated configuration of a build is. */
export function workersConfigPath(outDir: string): string {
  return join(outDir, "wrangler.json");
}

/** Workers allow lower-case letters, digits and dashes. */
function workerName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "site" : plain.slice(0, 63);
}

function omit(table: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => !keys.includes(key)));
}
