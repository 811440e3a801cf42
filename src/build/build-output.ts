// Writes a build. A production build replaces the one before it as a whole: at no moment does the output
// directory hold half of one. Development writes in place, since one process alone reads there.

import { rmSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import type { Site } from "../contract/site.ts";
import type { BuildFile } from "./build-file.ts";
import type { BlobSource } from "./collect-assets.ts";
import { placeBlobs } from "./place-blobs.ts";
import { temporaryPath } from "./temporary-path.ts";

/** Everything that goes into the output directory. */
export interface BuildOutput {
  files: BuildFile[];
  /** By content hash. */
  blobs: ReadonlyMap<string, BlobSource>;
}

const SITE_DOCUMENT = "site.json";
const ASSETS = "assets";

/** Writes builds into one directory. Problems are files that changed while they were copied. */
export interface BuildWriter {
  write(output: BuildOutput): Promise<Problem[]>;
}

/** Creates a writer that replaces the build in `outDir` each time. */
export function createReplacingWriter(outDir: string): BuildWriter {
  return { write: (output) => replaceBuild(outDir, output) };
}

/**
 * Creates a writer that replaces what earlier sessions left, and from then on adds what is new: blobs of
 * the builds before may still be read.
 */
export function createUpdatingWriter(outDir: string): BuildWriter {
  let placed: Set<string> | undefined;
  return {
    async write({ files, blobs }) {
      const known = placed ?? new Set();
      const missing = new Map([...blobs].filter(([hash]) => !known.has(hash)));
      const output = { files, blobs: missing };
      const problems = await (placed === undefined
        ? replaceBuild(outDir, output)
        : writeOutput(outDir, output, outDir));
      if (problems.length === 0) placed = known.union(new Set(missing.keys()));
      return problems;
    },
  };
}

async function replaceBuild(outDir: string, output: BuildOutput): Promise<Problem[]> {
  const next = temporaryPath(outDir);
  try {
    const problems = await writeOutput(next, output, outDir);
    if (problems.length === 0) await swapIn(next, outDir);
    return problems;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Two renames, one right after the other: the system has no exchange of directories that Node could ask for. */
async function swapIn(next: string, outDir: string): Promise<void> {
  const old = temporaryPath(outDir, "old");
  const hadBuild = await renameIfPresent(outDir, old);
  try {
    await rename(next, outDir);
  } catch (error) {
    if (hadBuild) await rename(old, outDir);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** The document of the build that lies in `outDir`; undefined if there is none that can be read. */
export async function readPreviousSite(outDir: string): Promise<Site | undefined> {
  try {
    return JSON.parse(await readFile(join(outDir, SITE_DOCUMENT), "utf8")) as Site;
  } catch {
    // Whatever it is, the next build does without.
    return undefined;
  }
}

/** Refuses what no build has written, a file as well as a directory: replacing it would destroy it. */
export async function checkOutputDirectory(outDir: string, shown: string): Promise<Problem[]> {
  const occupied = (state: string): Problem[] => [
    {
      severity: "error",
      code: "output-occupied",
      message: `Cannot build into "${shown}": ${state}`,
      file: shown,
      remedy: "Move that away, or choose another directory with --out.",
    },
  ];
  try {
    const names = await readdir(outDir);
    if (names.length === 0 || names.includes(SITE_DOCUMENT)) return [];
    return occupied("it holds files that no build has written");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Only what is not there can be made; a file, or a directory that cannot be read, belongs to somebody.
    if (code === "ENOENT") return [];
    return occupied(code === "ENOTDIR" ? "it is a file" : `it cannot be read (${code})`);
  }
}

async function writeOutput(
  directory: string,
  { files, blobs }: BuildOutput,
  previous: string,
): Promise<Problem[]> {
  // Wrangler wants the directory even where there are no files.
  await mkdir(join(directory, ASSETS), { recursive: true });
  const problems = await placeBlobs(blobs, join(directory, ASSETS), join(previous, ASSETS));
  if (problems.length > 0) return problems;
  for (const folder of new Set(files.map((file) => dirname(file.path)))) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  for (const file of files) await writeChanged(join(directory, file.path), file.contents);
  return [];
}

/** Leaves a file alone that has these contents, so that nobody who watches it wakes up. */
async function writeChanged(path: string, contents: Uint8Array): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  const temporary = temporaryPath(path);
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

async function renameIfPresent(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return false;
  }
}
