// What an entry of a directory of sites says: where its build is, which hosts are its own, and how it is run.
// Settings come from `NAME.json` beside it, then the command line, then the site's package.json.

import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { loadVariableFile } from "../config/load-dev-vars.ts";
import type { Problem } from "../contract/problem.ts";
import { parseHostPattern, type SiteEntry, type SiteSetup } from "../runtimes/many-sites/site-entry.ts";
import { findBuildIn } from "./find-build.ts";
import { readConfigured, type ServerTexts, toServerSettings } from "./server-settings.ts";
import {
  type At,
  type OwnSettings,
  readSiteSettings,
  SITE_OPTIONS,
  type SiteSource,
  shownPath,
} from "./site-settings.ts";

/** An entry as it was read. */
export interface ReadEntry {
  /** Undefined where mistakes keep it from being served. */
  entry: Omit<SiteEntry, "version"> | undefined;
  problems: Problem[];
  /** What was read, to see whether it has changed. */
  files: string[];
  settingsFile: string | undefined;
  /** Where the build is; undefined while there is none. */
  build: string | undefined;
}

/** What a site's processes may see of the environment of the server. */
const INHERITED = ["PATH", "HOME", "USER", "TMPDIR", "TZ", "LANG", "LC_ALL", "NODE_ENV"];

/** Reads an entry with all its mistakes. */
export async function readSiteEntry(source: SiteSource, defaults: ServerTexts): Promise<ReadEntry> {
  const settings = await readSiteSettings(source);
  const { own, texts, problems } = settings;
  const folder = own.directory === undefined ? source.folder : resolve(dirname(source.folder), own.directory);
  const build = findBuildIn(folder);
  if (build === undefined && problems.length === 0) problems.push(withoutBuild(source, folder));
  const configured = await readConfigured(folder);
  problems.push(
    ...configured.problems.map((problem) => ({ ...problem, file: shownPath(join(folder, "package.json")) })),
  );
  const variables = await readVariables(source, own);
  problems.push(...variables.problems);
  const files = [
    ...(source.settingsFile === undefined ? [] : [source.settingsFile]),
    ...variables.files,
    join(folder, "package.json"),
  ];
  const hosts = readHosts(source, own.hosts, settings.at, problems);
  const { name, settingsFile } = source;
  if (problems.length > 0 || build === undefined)
    return { entry: undefined, problems, files, settingsFile, build };
  const all = new Map([...onlySiteOptions(configured.texts), ...onlySiteOptions(defaults), ...texts]);
  const setup = createSetup(build, all, variables.values);
  const entry = { name, hosts, isDefault: own.default ?? false, setup };
  return { entry, problems, files, settingsFile, build };
}

/** Without a list the entry's name is its host. */
function readHosts(
  { name }: SiteSource,
  written: string[] | undefined,
  at: At,
  problems: Problem[],
): string[] {
  return (written ?? [name]).flatMap((text) => {
    const host = parseHostPattern(text);
    if (host !== undefined) return [host];
    const remedy =
      "Give names such as shop.example.com or *.example.com in the `hosts` of its settings, without a port.";
    problems.push(at("hosts", `"${text}" is no host name`, remedy));
    return [];
  });
}

/** Rising precedence: the files in their order, then `env`. */
async function readVariables({ folder }: SiteSource, { varsFiles = [], env = {} }: OwnSettings) {
  const base = dirname(folder);
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const file of varsFiles) {
    const loaded = await loadVariableFile(base, file);
    if (loaded === undefined) problems.push(missingVariables(resolve(base, file)));
    else problems.push(...loaded.problems);
    Object.assign(values, loaded?.values);
  }
  return { values: { ...values, ...env }, problems, files: varsFiles.map((file) => resolve(base, file)) };
}

function createSetup(outDir: string, texts: ServerTexts, env: Record<string, unknown>): SiteSetup {
  const { supervisor, isolated, deadlines, backlog, maxHeapMb, accessLog, watch } = toServerSettings(
    new Map([["workers", ["1"]], ...texts]),
  );
  return {
    outDir,
    env,
    settings: { ...supervisor, keepTrying: true },
    ...{ isolated, deadlines, backlog, accessLog, watch },
    ...(maxHeapMb === undefined ? {} : { maxHeapMb }),
    processEnv: { ...inheritedEnv(), ...textsOf(env) },
  };
}

function inheritedEnv(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function textsOf(env: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      typeof value === "object" ? [] : [[name, String(value)]],
    ),
  );
}

function onlySiteOptions(texts: ServerTexts): ServerTexts {
  return new Map([...texts].filter(([name]) => SITE_OPTIONS.includes(name)));
}

function withoutBuild({ name, settingsFile }: SiteSource, folder: string): Problem {
  return {
    severity: "error",
    code: "build-missing",
    message: `Cannot serve "${name}": there is no build for Node in "${shownPath(folder)}"`,
    ...(settingsFile === undefined ? {} : { file: shownPath(settingsFile) }),
    remedy: "Run `causeway build` there, or remove the entry.",
  };
}

function missingVariables(path: string): Problem {
  return {
    severity: "error",
    code: "env-unreadable",
    message: `Cannot read the variables in "${shownPath(path)}": there is no such file`,
    file: shownPath(path),
    remedy: "Correct `varsFiles`; it is relative to the directory of sites.",
  };
}
