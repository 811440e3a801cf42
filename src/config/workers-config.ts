// The wrangler configuration of a build: what the project's own says, with our entry and our files.

import { join } from "node:path";
import type { Project } from "./project.ts";
import { loadSettingsFile } from "./settings-file.ts";
import { BINDING_KEYS } from "./unsupported-bindings.ts";

/** Used where the project names none; Workers cannot be deployed without. */
const DEFAULT_COMPATIBILITY_DATE = "2025-09-01";

/** Keys that describe the sources, which a build does not need any more. */
const SOURCE_KEYS = [
  "$schema",
  "env",
  "pages_build_output_dir",
  "build",
  "no_bundle",
  "rules",
  "tsconfig",
  "alias",
];
/** Keys that an environment does not take over from the top level (Wrangler docs, "Non-inheritable keys"). */
const OWN_KEYS = ["vars", "define", "secrets", ...Object.keys(BINDING_KEYS)];

const MAIN = "workers.js";
/** Our router answers everything and asks for each file by its hash. */
const ASSETS = { directory: "assets", binding: "ASSETS", run_worker_first: true, html_handling: "none" };

type Table = Record<string, unknown>;

/** The name of the configuration in a build. */
export const WORKERS_CONFIG_FILE = "wrangler.json";

/** Where the configuration of a build is. */
export function workersConfigPath(outDir: string): string {
  return join(outDir, WORKERS_CONFIG_FILE);
}

/** The text of the file. */
export function formatWorkersConfig(config: Table): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The environment is applied already: the result has none. Secrets are never part of it. */
export async function createWorkersConfig(project: Project): Promise<Table> {
  const { environment } = project;
  const top = (await loadSettingsFile(project.root))?.value ?? {};
  const section =
    environment === undefined ? undefined : (top.env as Record<string, Table> | undefined)?.[environment];
  const inherited = section === undefined ? top : { ...omit(top, OWN_KEYS), ...section };
  const suffix = section !== undefined && section.name === undefined ? `-${environment}` : "";
  return {
    ...omit(inherited, [...SOURCE_KEYS, "assets"]),
    name: workerName(project.name + suffix),
    main: MAIN,
    // Files in a store of their own are not uploaded with the code.
    ...(project.assetStore === undefined ? { assets: ASSETS } : {}),
    compatibility_date: project.compatibilityDate ?? DEFAULT_COMPATIBILITY_DATE,
    compatibility_flags: project.compatibilityFlags,
    vars: project.vars,
  };
}

/** Workers allow lower-case letters, digits and dashes. */
function workerName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "site" : plain;
}

function omit(table: Table, keys: readonly string[]): Table {
  return Object.fromEntries(Object.entries(table).filter(([key]) => !keys.includes(key)));
}
