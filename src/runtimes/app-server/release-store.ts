// Copies of builds that the application server works from. A worker that is started later must get the build of
// its generation, also when another one, or half of one, lies in the output directory by then.

import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { CausewayError } from "../../contract/errors.ts";
import type { Site } from "../../contract/site.ts";
import { findMissingBlob, readFingerprint, readSite } from "./complete-build.ts";
import { isAlive } from "./pid-file.ts";

/** Blobs are named by their content and never written again, so a second name for them is a copy. */
const LINKED_FOLDER = "assets";
/** A build is put in place in a moment, but it may be copied here by slower means. */
const ATTEMPTS = 40;
const RETRY_AFTER_MS = 250;
/** Assets are many and small: some at a time, for the disk's sake. */
const CONCURRENCY = 32;

let lastStore = 0;

export class ReleaseStore {
  readonly #outDir: string;
  /** How many still need a copy. */
  readonly #taken = new Map<number, number>();
  /** Where the copy of each generation is; the build itself, where none could be made. */
  readonly #folders = new Map<number, string>();
  /** Several masters in one process may serve the same build. */
  readonly #number = ++lastStore;

  constructor(outDir: string) {
    this.#outDir = outDir;
  }

  /**
   * Takes a copy of the build as it is now. One that is still being written is waited for. Where no copy can
   * be made the build itself is used. The copy stays until it was discarded `users` times.
   */
  async take(generation: number, users: number): Promise<Site> {
    let missing: string | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await sleep(RETRY_AFTER_MS);
      const before = await readFingerprint(this.#outDir);
      if (before === undefined) continue;
      const folder = await this.#copy(generation);
      const site = await readSite(folder).catch(ignoreHalfWritten);
      missing = site === undefined ? "site.json" : await findMissingBlob(folder, site);
      const isSame = (await readFingerprint(this.#outDir)) === before;
      if (site !== undefined && missing === undefined && isSame) {
        this.#taken.set(generation, users);
        return site;
      }
      await this.#remove(generation);
    }
    throw new CausewayError("build-missing", describeIncomplete(this.#outDir, missing), {
      remedy: "Run `causeway build` again.",
    });
  }

  async #copy(generation: number): Promise<string> {
    let folder = this.#outDir;
    try {
      // The output directory may be a link, which is turned to the next build while this one is served.
      folder = `${copyPrefix(await realpath(this.#outDir))}${process.pid}-${this.#number}-${generation}`;
      this.#folders.set(generation, folder);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, ".gitignore"), "*\n");
      await copyFolder(this.#outDir, folder, false);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A file that was replaced while it was copied: the fingerprint tells.
      if (code === "ENOENT" || code === "EEXIST") return folder;
      if (!isUnwritable(error)) throw error;
      this.#folders.set(generation, this.#outDir);
      return this.#outDir;
    }
    return folder;
  }

  /** Beside the build: on the same file system, and where relative paths lead to the same files. */
  folderOf(generation: number): string {
    return this.#folders.get(generation) ?? this.#outDir;
  }

  /** One of those that needed the copy does not any more. */
  async discard(generation: number): Promise<void> {
    const users = (this.#taken.get(generation) ?? 1) - 1;
    this.#taken.set(generation, users);
    if (users > 0) return;
    this.#taken.delete(generation);
    await this.#remove(generation);
  }

  async #remove(generation: number): Promise<void> {
    const folder = this.folderOf(generation);
    this.#folders.delete(generation);
    if (folder !== this.#outDir) await rm(folder, { recursive: true, force: true });
  }

  /** Removes everything that was taken. */
  async close(): Promise<void> {
    for (const generation of this.#taken.keys()) await this.#remove(generation);
    this.#taken.clear();
  }
}

function copyPrefix(outDir: string): string {
  return join(dirname(outDir), `.${basename(outDir)}.running-`);
}

function ignoreHalfWritten(error: unknown): undefined {
  if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}

function describeIncomplete(outDir: string, missing: string | undefined): string {
  const what = missing === undefined ? "is none, or it changes all the time" : `lacks the file of ${missing}`;
  return `Cannot serve the build in "${outDir}": it ${what}`;
}

async function copyFolder(from: string, to: string, isLinked: boolean): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true });
  for (let index = 0; index < entries.length; index += CONCURRENCY) {
    await Promise.all(
      entries.slice(index, index + CONCURRENCY).map(async (entry) => {
        const [source, target] = [join(from, entry.name), join(to, entry.name)];
        if (entry.isDirectory()) {
          await mkdir(target, { recursive: true });
          await copyFolder(source, target, isLinked || entry.name === LINKED_FOLDER);
        } else if (entry.isFile()) {
          await (isLinked
            ? linkOrCopy(source, target)
            : copyFile(source, target, constants.COPYFILE_FICLONE));
        }
      }),
    );
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // File systems without hard links, files of other owners (protected_hardlinks).
    if (code !== "EPERM" && code !== "EXDEV" && code !== "ENOTSUP" && code !== "EMLINK") throw error;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

function isUnwritable(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EROFS" || code === "EPERM";
}

/** Removes what masters that were killed have left behind. */
export async function sweepReleases(outDir: string): Promise<void> {
  const place = await realpath(outDir).catch(() => outDir);
  const prefix = basename(copyPrefix(place));
  const names = await readdir(dirname(place)).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    if (isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue;
    const path = join(dirname(place), name);
    // Somebody else's: the attempt fails and the folder stays.
    if ((await lstat(path)).isDirectory()) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
