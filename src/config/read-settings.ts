// What a wrangler configuration says about a site: the keys that matter here, checked, with `[env.NAME]`
// applied (Wrangler docs, "Configuration": inheritable and non-inheritable keys).

import type { Problem } from "../contract/problem.ts";
import type { HtmlHandling, NotFoundHandling } from "../contract/site.ts";
import type { SettingsFile } from "./settings-file.ts";

/** The settings as written; nothing is resolved against the disk yet. */
export interface Settings {
  name: string | undefined;
  main: string | undefined;
  pagesBuildOutputDir: string | undefined;
  assets: AssetSettings | undefined;
  vars: Record<string, unknown>;
  compatibilityDate: string | undefined;
  compatibilityFlags: string[];
  /** `triggers.crons`. */
  crons: string[];
}

/** The `[assets]` table. */
export interface AssetSettings {
  directory: string | undefined;
  binding: string | undefined;
  htmlHandling: HtmlHandling | undefined;
  notFound: NotFoundHandling | undefined;
  runWorkerFirst: boolean | string[] | undefined;
}

interface Kind<T> {
  expected: string;
  accepts(value: unknown): value is T;
}

const TEXT: Kind<string> = { expected: "a text", accepts: (value) => typeof value === "string" };
const TEXTS: Kind<string[]> = { expected: "a list of texts", accepts: isTextList };
const TABLE: Kind<Record<string, unknown>> = { expected: "a table", accepts: isTable };
const FLAG_OR_TEXTS: Kind<boolean | string[]> = {
  expected: "true, false or a list of path patterns",
  accepts: (value): value is boolean | string[] => typeof value === "boolean" || isTextList(value),
};
const DATE: Kind<string> = {
  expected: "a date such as 2026-11-17",
  accepts: (value): value is string => typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value),
};
const HTML_HANDLING = oneOf("auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none");
const NOT_FOUND = oneOf("none", "404-page", "single-page-application");

const EMPTY: Settings = {
  name: undefined,
  main: undefined,
  pagesBuildOutputDir: undefined,
  assets: undefined,
  vars: {},
  compatibilityDate: undefined,
  compatibilityFlags: [],
  crons: [],
};

/** Reads and checks the settings, for one environment where one is named. */
export function readSettings(
  file: SettingsFile | undefined,
  environment: string | undefined,
): { settings: Settings; problems: Problem[] } {
  if (file?.value === undefined) return { settings: EMPTY, problems: [] };
  const problems: Problem[] = [];
  const take = createReader(file, environment, problems);
  checkEnvironment(file, environment, problems);
  const settings: Settings = {
    name: take("name", TEXT),
    main: take("main", TEXT),
    pagesBuildOutputDir: take("pages_build_output_dir", TEXT),
    assets: readAssets(take),
    vars: take("vars", TABLE, { inherited: false }) ?? {},
    compatibilityDate: take("compatibility_date", DATE)?.slice(0, 10),
    compatibilityFlags: take("compatibility_flags", TEXTS) ?? [],
    crons: take("triggers", TABLE) === undefined ? [] : (take("triggers.crons", TEXTS) ?? []),
  };
  return { settings, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function readAssets(take: Reader): AssetSettings | undefined {
  if (take("assets", TABLE) === undefined) return undefined;
  return {
    directory: take("assets.directory", TEXT),
    binding: take("assets.binding", TEXT),
    htmlHandling: take("assets.html_handling", HTML_HANDLING),
    notFound: take("assets.not_found_handling", NOT_FOUND),
    runWorkerFirst: take("assets.run_worker_first", FLAG_OR_TEXTS),
  };
}

type Reader = <T>(key: string, kind: Kind<T>, options?: { inherited: boolean }) => T | undefined;

/** Looks a dotted key up, first in the environment; a whole top-level key is inherited or replaced. */
function createReader(file: SettingsFile, environment: string | undefined, problems: Problem[]): Reader {
  return (key, kind, options = { inherited: true }) => {
    const path = key.split(".");
    const section = environment === undefined ? [] : ["env", environment];
    const own = valueAt(file.value, [...section, path[0] ?? ""]) !== undefined;
    if (!own && environment !== undefined && !options.inherited) return undefined;
    const place = own ? [...section, ...path] : path;
    const value = valueAt(file.value, place);
    if (value === undefined || kind.accepts(value)) return value as never;
    problems.push(wrongKind(file, place, kind.expected));
    return undefined;
  };
}

function wrongKind(file: SettingsFile, path: string[], expected: string): Problem {
  return {
    severity: "error",
    code: "config-value",
    message: `"${path.join(".")}" must be ${expected}`,
    file: file.name,
    ...file.locate(path),
    remedy: `Write ${expected} there, or remove the key.`,
  };
}

function checkEnvironment(file: SettingsFile, environment: string | undefined, problems: Problem[]): void {
  if (environment === undefined || isTable(valueAt(file.value, ["env", environment]))) return;
  const known = Object.keys(valueAt(file.value, ["env"]) ?? {});
  problems.push({
    severity: "error",
    code: "config-environment",
    message: `"${file.name}" has no environment "${environment}"`,
    file: file.name,
    ...file.locate(["env"]),
    remedy:
      known.length > 0
        ? `Use one of ${known.map((name) => `"${name}"`).join(", ")}, or add [env.${environment}].`
        : `Add a section [env.${environment}], or leave --env out.`,
  });
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (level, key) => (isTable(level) && Object.hasOwn(level, key) ? level[key] : undefined),
    value,
  );
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === "string");
}

function oneOf<T extends string>(...values: T[]): Kind<T> {
  return {
    expected: `one of ${values.map((value) => `"${value}"`).join(", ")}`,
    accepts: (value): value is T => values.includes(value as T),
  };
}
