// Which sites does a directory of many hold? Each entry is a build, a project with a build in it, a link to one of
// these, or a settings file `NAME.json` that says where one is.

import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SETTINGS_FILES } from "../config/settings-file.ts";
import type { SitesScan } from "../runtimes/many-sites/site-entry.ts";
import { type ReadEntry, readSiteEntry } from "./read-site-entry.ts";
import type { ServerTexts } from "./server-settings.ts";
import type { SiteSource } from "./site-settings.ts";

const SETTINGS = ".json";

/** By these a directory is a project that has not been built yet, whatever else lies in it. */
const OF_A_PROJECT = ["package.json", "functions", "public", ...SETTINGS_FILES];

/** Whether a directory holds at least one site, rather than being one. */
export async function holdsSites(directory: string): Promise<boolean> {
  if (OF_A_PROJECT.some((name) => existsSync(join(directory, name)))) return false;
  const sources = await listSources(directory).catch(() => []);
  for (const source of sources) {
    if ((await readSiteEntry(source, new Map())).entry !== undefined) return true;
  }
  return false;
}

/** What was read, and what its files looked like before. */
interface Known {
  read: ReadEntry;
  stamp: string;
}

/** Makes a scanner of a directory, which reads again only what has changed. `defaults` hold for every site. */
export function createSitesScanner(directory: string, defaults: ServerTexts): () => Promise<SitesScan> {
  let known = new Map<string, Known>();
  return async () => {
    const next: typeof known = new Map();
    const scan: SitesScan = { entries: [], broken: [] };
    for (const source of await listSources(directory)) {
      const { name, settingsFile } = source;
      const version = settingsFile === undefined ? "" : await describeFiles([settingsFile]);
      const current = await readAgain(known.get(name), source, defaults);
      next.set(name, current);
      const { entry, problems } = current.read;
      if (entry === undefined) scan.broken.push({ name, problems });
      else scan.entries.push({ ...entry, version });
    }
    known = next;
    return scan;
  };
}

/** The stamp is taken before the files are read: a change in between is found at the next look. */
async function readAgain(
  before: Known | undefined,
  source: SiteSource,
  defaults: ServerTexts,
): Promise<Known> {
  const stamp = before === undefined ? "" : await describeFiles(before.read.files);
  const hasSameSettings = before?.read.settingsFile === source.settingsFile;
  if (before?.stamp === stamp && hasSameSettings && before.read.build !== undefined) return before;
  return { read: await readSiteEntry(source, defaults), stamp };
}

/** In the order of their names. What begins with a dot is nobody's, also our own copies of builds. */
async function listSources(directory: string): Promise<SiteSource[]> {
  const sources = new Map<string, SiteSource>();
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const isSettings = entry.name.endsWith(SETTINGS) && !entry.isDirectory();
    if (!isSettings && entry.isFile()) continue;
    const name = isSettings ? entry.name.slice(0, -SETTINGS.length) : entry.name;
    const known = sources.get(name) ?? { name, folder: join(directory, name), settingsFile: undefined };
    sources.set(name, isSettings ? { ...known, settingsFile: join(directory, entry.name) } : known);
  }
  return [...sources.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Changes when one of the files does, or is touched. */
async function describeFiles(files: readonly string[]): Promise<string> {
  const lines = files.map(async (file) => {
    const stats = await stat(file).catch(() => undefined);
    return stats === undefined ? `${file} -` : `${file} ${stats.ino} ${stats.size} ${stats.mtimeMs}`;
  });
  return (await Promise.all(lines)).join("\n");
}
