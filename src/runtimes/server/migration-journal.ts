// Counts what happens on moving routes and keeps it in a file, from which `causeway shadow` adds up all processes.

import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import type { MigrationLedger } from "../../contract/migration.ts";
import type { LogSink } from "../../contract/platform.ts";
import { addAnswer, addComparison, addTallies, type Tallies } from "../../migration/tally.ts";
import { adoptTallies, claimMigrationFolder, nameMigrationFile, WRITE_AFTER_MS } from "./migration-folder.ts";

/** Excerpts of answers may be anybody's. */
const OWNER_ONLY = 0o600;

/** A ledger that writes; nothing is touched before there is something to count. */
export function createMigrationJournal(folderOf: () => string, log: LogSink): MigrationLedger {
  const journal = new Journal(folderOf, log);
  return {
    compared: (route, comparison) => journal.note((tallies) => addComparison(tallies, route, comparison)),
    answered: (route, by) => journal.note((tallies) => addAnswer(tallies, route, by)),
  };
}

class Journal {
  readonly #folderOf: () => string;
  readonly #log: LogSink;
  /** What the file has, and what has come since. */
  #written: Tallies = {};
  #fresh: Tallies = {};
  #path: string | undefined;
  #isScheduled = false;
  #isBroken = false;
  /** Also while a write is under way: the process may end in the middle of it. */
  #isSaved = true;

  constructor(folderOf: () => string, log: LogSink) {
    this.#folderOf = folderOf;
    this.#log = log;
  }

  note(add: (tallies: Tallies) => void): void {
    if (this.#isBroken) return;
    add(this.#fresh);
    this.#isSaved = false;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    try {
      this.#path ??= this.#begin();
      const path = this.#path;
      setTimeout(() => void this.#write(path), WRITE_AFTER_MS).unref();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The first time: the folder, what others have left behind, and a last word when the process ends. */
  #begin(): string {
    const folder = this.#folderOf();
    const path = nameMigrationFile(folder);
    claimMigrationFolder(folder);
    addTallies(this.#written, adoptTallies(folder));
    this.#writeNow(path);
    process.once("exit", () => this.#writeAtExit(path));
    return path;
  }

  async #write(path: string): Promise<void> {
    try {
      claimMigrationFolder(dirname(path));
      await writeFile(`${path}.next`, this.#takeFresh(path), { mode: OWNER_ONLY });
      await rename(`${path}.next`, path);
      this.#isScheduled = false;
      if (Object.keys(this.#fresh).length > 0) this.note(() => {});
      else this.#isSaved = true;
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #writeNow(path: string): void {
    writeFileSync(`${path}.last`, JSON.stringify(this.#written), { mode: OWNER_ONLY });
    renameSync(`${path}.last`, path);
  }

  #writeAtExit(path: string): void {
    if (this.#isBroken || this.#isSaved) return;
    try {
      this.#takeFresh(path);
      this.#writeNow(path);
      rmSync(`${path}.next`, { force: true });
    } catch {
      // The process ends: nobody is left to be told.
    }
  }

  /** A file that is gone was removed by somebody who wants to begin anew. */
  #takeFresh(path: string): string {
    if (!existsSync(path)) this.#written = {};
    addTallies(this.#written, this.#fresh);
    this.#fresh = {};
    return JSON.stringify(this.#written);
  }

  #giveUp(error: unknown): void {
    this.#isBroken = true;
    this.#log.error("The counts of moving routes cannot be kept", error);
  }
}
