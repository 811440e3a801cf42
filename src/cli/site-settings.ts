// The settings file of a site among many: `NAME.json`, JSON with comments. Reads it with all its mistakes.

import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import process from "node:process";
import { parseJsonc } from "../config/parse-jsonc.ts";
import type { ParsedSettings } from "../config/settings-file.ts";
import type { Problem } from "../contract/problem.ts";
import { suggest } from "./check-option.ts";
import { readServerKeys, type ServerOption, type ServerTexts } from "./server-settings.ts";

/** Where an entry lies. */
export interface SiteSource {
  name: string;
  /** Of the site, unless the settings name another; need not exist. */
  folder: string;
  settingsFile: string | undefined;
}

/** Options that concern one site among many; the others are the server's. */
export const SITE_OPTIONS: readonly ServerOption[] = [
  "workers",
  "min-workers",
  "isolate",
  "harakiri",
  "backlog",
  "max-requests",
  "max-lifetime",
  "max-rss",
  "max-heap",
  "idle",
  "drain",
  "stream-grace",
  "access-log",
  "no-watch",
];
const OWN_KEYS = ["directory", "hosts", "default", "env", "varsFiles"] as const;
type OwnKey = (typeof OWN_KEYS)[number];

/** A settings file as it was read. */
export interface SiteSettings {
  own: OwnSettings;
  /** The options of the server that it sets. */
  texts: ServerTexts;
  problems: Problem[];
  at: At;
}

/** The settings that only a site among others has. */
export interface OwnSettings {
  directory?: string;
  hosts?: string[];
  default?: boolean;
  env?: Record<string, unknown>;
  varsFiles?: string[];
}

/** Puts the place of a key to a mistake. */
export type At = (key: string, message: string, remedy: string) => Problem;

/** Reads and checks the settings file; without one there is nothing to read. */
export async function readSiteSettings({ settingsFile }: SiteSource): Promise<SiteSettings> {
  const problems: Problem[] = [];
  const none: SiteSettings = { own: {}, texts: new Map(), problems, at: toProblem({}) };
  if (settingsFile === undefined) return none;
  const file = shownPath(settingsFile);
  const parsed = await parseJsonc(await readText(settingsFile), file);
  problems.push(...parsed.problems);
  if (parsed.value === undefined) return none;
  const at = toProblem({ file, locate: parsed.locate });
  const own: Record<string, unknown> = {};
  const server: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parsed.value)) {
    if (OWN_KEYS.includes(key as OwnKey)) own[key] = value;
    else if (SERVER_KEYS.includes(key)) server[key] = value;
    else
      problems.push(
        at(
          key,
          `There is no setting "${key}" of a site`,
          `${suggest(key, [...OWN_KEYS, ...SERVER_KEYS])}Remove it, or correct its name.`,
        ),
      );
  }
  const texts = readServerKeys(server, (key, { what, remedy }) =>
    problems.push(at(key, `"${key}" ${what}`, remedy)),
  );
  if (texts.get("workers")?.[0] === "0")
    problems.push(
      at(
        "workers",
        `"workers" cannot be "0"`,
        "A site among others has at least one worker; `idle` ends it while nobody asks for the site.",
      ),
    );
  return { own: checkOwn(own, at, problems), texts, problems, at };
}

const SERVER_KEYS = SITE_OPTIONS.map((name) =>
  name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
);

function toProblem({ file, locate }: { file?: string; locate?: ParsedSettings["locate"] }): At {
  return (key, message, remedy) => ({
    severity: "error",
    code: "config-value",
    message,
    remedy,
    ...(file === undefined ? {} : { file }),
    ...locate?.([key]),
  });
}

function checkOwn(own: Record<string, unknown>, at: At, problems: Problem[]): OwnSettings {
  const checked: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(own)) {
    const { accepts, expected, isList } = KINDS[key as OwnKey];
    const read = isList === true && typeof value === "string" ? [value] : value;
    if (accepts(read)) checked[key] = read;
    else
      problems.push(at(key, `"${key}" must be ${expected}`, `Write ${expected} there, or remove the key.`));
  }
  return checked as OwnSettings;
}

interface Kind {
  expected: string;
  accepts(value: unknown): boolean;
  /** One text stands for a list of one. */
  isList?: boolean;
}

const TEXTS: Kind = {
  expected: "a text or a list of texts",
  accepts: (value) => Array.isArray(value) && value.every((member) => typeof member === "string"),
  isList: true,
};
const KINDS: Record<OwnKey, Kind> = {
  directory: { expected: "a text", accepts: (value) => typeof value === "string" },
  hosts: TEXTS,
  default: { expected: "true or false", accepts: (value) => typeof value === "boolean" },
  env: {
    expected: "a table",
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
  varsFiles: TEXTS,
};

async function readText(file: string): Promise<string> {
  // One that has gone since the directory was read is as good as empty: the next look will tell.
  return readFile(file, "utf8").catch(() => "{}");
}

/** As messages show it. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path);
}
