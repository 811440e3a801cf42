// Counts what happens on moving routes and keeps it in a file, from which `causeway shadow` adds up all processes.

import { existsSync, renameSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { MigrationLedger } from "../../contract/migration.ts";
import type { LogSink } from "../../contract/platform.ts";
import { addAnswer, addComparison, addTallies, type Tallies } from "../../migration/tally.ts";
import { adoptTallies, ownFileName, prepareMigrationFolder } from "./migration-folder.ts";

/** Between something that is counted and its being written. */
const WRITE_AFTER_MS = 500;
/** Excerpts of answers may be anybody's. */
const OWNER_ONLY = 0o600;

/** A ledger that writes; nothing is touched before there is something to count. */
export function createMigrationJournal(folderOf: () => Promise<string>, log: LogSink): MigrationLedger {
  const journal = new Journal(folderOf, log);
  return {
    compared: (route, comparison) => journal.note((tallies) => addComparison(tallies, route, comparison)),
    answered: (route, by) => journal.note((tallies) => addAnswer(tallies, route, by)),
  };
}

class Journal {
  readonly #folderOf: () => Promise<string>;
  readonly #log: LogSink;
  /** What the file has, and what has come since. */
  #written: Tallies = {};
  #fresh: Tallies = {};
  /** Known after the first time. */
  #path: string | undefined;
  #isScheduled = false;
  #isBroken = false;

  constructor(folderOf: () => Promise<string>, log: LogSink) {
    this.#folderOf = folderOf;
    this.#log = log;
  }

  note(add: (tallies: Tallies) => void): void {
    add(this.#fresh);
    if (this.#isScheduled || this.#isBroken) return;
    this.#isScheduled = true;
    setTimeout(() => void this.#write(), WRITE_AFTER_MS).unref();
  }

  async #write(): Promise<void> {
    try {
      this.#path ??= await this.#begin();
      const text = this.#takeFresh(this.#path);
      await writeFile(`${this.#path}.next`, text, { mode: OWNER_ONLY });
      await rename(`${this.#path}.next`, this.#path);
      this.#isScheduled = false;
      if (Object.keys(this.#fresh).length > 0) this.note(() => {});
    } catch (error) {
      this.#isBroken = true;
      this.#log.error("The counts of moving routes cannot be kept", error);
    }
  }

  /** The first time: the folder, what others have left behind, and a last word when the process ends. */
  async #begin(): Promise<string> {
    const folder = await this.#folderOf();
    await prepareMigrationFolder(folder);
    const own = ownFileName();
    addTallies(this.#written, await adoptTallies(folder, own));
    const path = join(folder, own);
    process.once("exit", () => this.#writeAtExit(path));
    writeFileSync(path, JSON.stringify(this.#written), { mode: OWNER_ONLY });
    return path;
  }

  /** A file that is gone was removed by somebody who wants to begin anew. */
  #takeFresh(path: string): string {
    if (!existsSync(path)) this.#written = {};
    addTallies(this.#written, this.#fresh);
    this.#fresh = {};
    return JSON.stringify(this.#written);
  }

  #writeAtExit(path: string): void {
    if (Object.keys(this.#fresh).length === 0) return;
    try {
      writeFileSync(`${path}.last`, this.#takeFresh(path), { mode: OWNER_ONLY });
      renameSync(`${path}.last`, path);
    } catch {
      // The process ends: nobody is left to be told.
    }
  }
}
