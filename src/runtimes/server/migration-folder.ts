// Where are the counts of a build's moving routes? Beside its control socket, a file for each process.

import { randomBytes } from "node:crypto";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { addTallies, type Tallies } from "../../migration/tally.ts";
import { controlPath, prepareControlFolder } from "../app-server/control-path.ts";

const FILE = /^(\d+)-[0-9a-f]+\.json$/;

/** The folder that belongs to a build, or to a control socket in another place. */
export async function migrationFolder(outDir: string, control?: string): Promise<string> {
  const socket = control ?? (await controlPath(outDir));
  return `${socket.replace(/\.sock$/, "")}.routes`;
}

/** Makes the folder, for its owner alone. */
export async function prepareMigrationFolder(folder: string): Promise<void> {
  await prepareControlFolder(join(folder, "any"));
}

/** A name that no other process uses, nor another server in this one. */
export function ownFileName(): string {
  return `${process.pid}-${randomBytes(4).toString("hex")}.json`;
}

/** What all processes have counted, those included that have ended. */
export async function readTallies(folders: readonly string[]): Promise<Tallies> {
  const tallies: Tallies = {};
  for (const folder of folders) {
    for (const name of await listFiles(folder))
      addTallies(tallies, await readTalliesFile(join(folder, name)));
  }
  return tallies;
}

/** Forgets everything; running processes notice that their files are gone. */
export async function clearTallies(folder: string): Promise<void> {
  for (const name of await listFiles(folder)) await rm(join(folder, name), { force: true });
}

/** Takes the counts of processes that have ended over, so that their files do not pile up. */
export async function adoptTallies(folder: string, own: string): Promise<Tallies> {
  const adopted: Tallies = {};
  for (const name of await listFiles(folder)) {
    if (isAlive(Number(FILE.exec(name)?.[1]))) continue;
    const claim = join(folder, `${own}.${name}.adopted`);
    try {
      // Of several processes that start at once, one succeeds.
      await rename(join(folder, name), claim);
    } catch {
      continue;
    }
    addTallies(adopted, await readTalliesFile(claim));
    await rm(claim, { force: true });
  }
  return adopted;
}

/** A file that has just been removed, or was never finished, counts nothing. */
async function readTalliesFile(path: string): Promise<Tallies> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Tallies;
  } catch {
    return {};
  }
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => FILE.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
