// Which keys of a wrangler configuration were meant to be others? A misspelt key is silently without effect.
// wrangler has many keys that do not concern us: only what is near to a key that we read gets a word.

import type { Problem } from "../contract/problem.ts";
import { nearestName } from "./nearest-name.ts";
import type { SettingsFile } from "./settings-file.ts";
import { BINDING_KEYS } from "./unsupported-bindings.ts";

/** What is read of each table, by its key. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  assets: ["directory", "binding", "html_handling", "not_found_handling", "run_worker_first"],
  triggers: ["crons"],
};

const SECTION_KEYS = [
  "name",
  "main",
  "vars",
  "compatibility_date",
  "compatibility_flags",
  ...Object.keys(TABLES),
];
const TOP_KEYS = [...SECTION_KEYS, "pages_build_output_dir", "env"];
/** wrangler has more kinds of bindings than we name, some with names that are near to these. */
const LONG_BINDINGS = Object.keys(BINDING_KEYS).filter((key) => key.length > 6);
const MAX_BINDING_EDITS = 2;

/** A warning for each key, at the top and in every environment, that is nearly one that counts. */
export function checkKeys(file: SettingsFile | undefined): Problem[] {
  if (file?.value === undefined) return [];
  const environments = Object.entries(asTable(file.value.env));
  return [
    ...checkSection(file, [], file.value, TOP_KEYS),
    ...environments.flatMap(([name, section]) => checkSection(file, ["env", name], section, SECTION_KEYS)),
  ];
}

function checkSection(
  file: SettingsFile,
  place: readonly string[],
  section: unknown,
  known: readonly string[],
): Problem[] {
  const table = asTable(section);
  return [
    ...checkTable(file, place, table, known),
    ...Object.entries(TABLES).flatMap(([key, keys]) =>
      checkTable(file, [...place, key], asTable(table[key]), keys),
    ),
  ];
}

function checkTable(
  file: SettingsFile,
  place: readonly string[],
  table: Record<string, unknown>,
  known: readonly string[],
): Problem[] {
  return Object.keys(table).flatMap((key) => {
    if (known.includes(key) || Object.hasOwn(BINDING_KEYS, key)) return [];
    const meant = nearestName(key, known) ?? nearestName(key, LONG_BINDINGS, MAX_BINDING_EDITS);
    if (meant === undefined || Object.hasOwn(table, meant)) return [];
    return {
      severity: "warning",
      code: "config-key",
      message: `"${[...place, key].join(".")}" has no effect: there is no such key`,
      file: file.name,
      ...file.locate([...place, key]),
      remedy: `Write ${meant}, if that is what is meant.`,
    };
  });
}

function asTable(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
