// Where are the counts of a build's moving routes? Beside its control socket, a file for each process.

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { addTallies, type Tallies } from "../../migration/tally.ts";
import { claimFolder, defaultControlPath } from "./control-path.ts";

/** Between something that is counted and its being written. */
export const WRITE_AFTER_MS = 500;
/** For the writing itself. */
const WRITE_SLACK_MS = 200;

const FILE = /^(\d+)-[0-9a-f]+\.json$/;
/** With those that are being written or taken over. */
const ANY_FILE = /^\d+-[0-9a-f]+\.json/;

/** The folder that belongs to a build, or to a control socket in another place. */
export function migrationFolder(outDir: string, control?: string): string {
  return `${(control ?? defaultControlPath(outDir)).replace(/\.sock$/, "")}.routes`;
}

/** A file in the folder that nobody else writes. */
export function nameMigrationFile(folder: string): string {
  return join(folder, `${process.pid}-${randomBytes(4).toString("hex")}.json`);
}

/** Makes the folder, for its owner alone, where it is not there; it may be removed at any time. */
export function claimMigrationFolder(folder: string): void {
  // The folder around a socket in its usual place is one that anybody could have made before us.
  const around = dirname(folder);
  const usual = basename(around).startsWith("causeway-") ? [around] : [];
  for (const path of [...usual, folder]) {
    if (!claimFolder(path)) throw new Error(`The folder "${path}" is not ours`);
  }
}

/** What all processes have counted, those included that have ended. */
export function readTallies(folders: readonly string[]): Tallies {
  const tallies: Tallies = {};
  for (const folder of folders) {
    for (const name of listFiles(folder)) addTallies(tallies, readTalliesFile(join(folder, name)));
  }
  return tallies;
}

/**
 * Forgets everything; running processes notice that their files are gone. What they counted before and have not
 * written yet comes a moment later, and is removed too.
 */
export async function clearTallies(folders: readonly string[]): Promise<void> {
  for (const folder of folders) removeFiles(folder);
  await sleep(WRITE_AFTER_MS + WRITE_SLACK_MS);
  for (const folder of folders) removeFiles(folder);
}

function removeFiles(folder: string): void {
  // Also what a process has left that ended while it was writing.
  for (const name of listFiles(folder, ANY_FILE)) rmSync(join(folder, name), { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // There is none, or somebody writes to it just now.
  }
}

/** Takes the counts of processes that have ended over, so that their files do not pile up. */
export function adoptTallies(folder: string): Tallies {
  const adopted: Tallies = {};
  for (const name of listFiles(folder)) {
    if (isAlive(Number(FILE.exec(name)?.[1]))) continue;
    const claim = join(folder, `${name}.${process.pid}.adopted`);
    try {
      // Of several processes that start at once, one succeeds.
      renameSync(join(folder, name), claim);
    } catch {
      continue;
    }
    addTallies(adopted, readTalliesFile(claim));
    // A process that was killed may have been writing.
    for (const left of [claim, join(folder, `${name}.next`)]) rmSync(left, { force: true });
  }
  return adopted;
}

/** A file that has just been removed, or was never finished, counts nothing. */
function readTalliesFile(path: string): Tallies {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Tallies;
  } catch {
    return {};
  }
}

function listFiles(folder: string, kind = FILE): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => kind.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
