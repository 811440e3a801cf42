// Which configuration file a project has, and what it says. Precedence as wrangler has it: json, jsonc, toml.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { parseJsonc } from "./parse-jsonc.ts";
import { parseToml } from "./parse-toml.ts";
import type { SourcePlace } from "./source-place.ts";

/** The names that are looked for, strongest first. */
export const SETTINGS_FILES = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"] as const;

/** A configuration text as its parser understood it. */
export interface ParsedSettings {
  /** Undefined where the text could not be read; `problems` says why. */
  value: Record<string, unknown> | undefined;
  problems: Problem[];
  /** Where the key, or the nearest key around it, stands. */
  locate(keys: readonly string[]): SourcePlace;
}

/** The configuration of a project. */
export interface SettingsFile extends ParsedSettings {
  /** Absolute. */
  path: string;
  /** Relative to the project, for messages. */
  name: string;
}

/** Finds and parses the configuration in `root`; undefined where there is none. */
export async function loadSettingsFile(root: string): Promise<SettingsFile | undefined> {
  const [name, ...ignored] = SETTINGS_FILES.filter((candidate) => existsSync(join(root, candidate)));
  if (name === undefined) return undefined;
  const path = join(root, name);
  const text = await readFile(path, "utf8");
  const parsed = await (name.endsWith(".toml") ? parseToml(text, name) : parseJsonc(text, name));
  return {
    ...parsed,
    path,
    name,
    problems: [...parsed.problems, ...ignored.map((other) => hiddenFile(other, name))],
  };
}

function hiddenFile(file: string, winner: string): Problem {
  return {
    severity: "warning",
    code: "config-hidden",
    message: `"${file}" has no effect: "${winner}" is read instead`,
    file,
    remedy: `Keep one of the two files.`,
  };
}
