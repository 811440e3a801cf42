import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clearTallies, readTallies } from "../../../../src/runtimes/server/migration-folder.ts";
import { createMigrationJournal } from "../../../../src/runtimes/server/migration-journal.ts";

let parent: string;
let folder: string;
const log = { access() {}, error: vi.fn(), warn() {} };

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "causeway-journal-"));
  folder = join(parent, "site.routes");
  log.error.mockClear();
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

const equal = () => readTallies([folder])["/a"]?.equal ?? 0;

describe("a journal", () => {
  it("touches nothing before there is something to count, and is its owner's alone", async () => {
    const journal = createMigrationJournal(() => folder, log);
    expect(existsSync(folder)).toBe(false);
    journal.compared("/a", { kind: "equal" });
    await expect.poll(equal).toBe(1);
    const [file = ""] = readdirSync(folder);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, file)).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
  });

  it("is added to those of other processes", async () => {
    for (const journal of [1, 2, 3].map(() => createMigrationJournal(() => folder, log))) {
      journal.compared("/a", { kind: "equal" });
      journal.answered("/b", "fallback");
    }
    await expect.poll(equal).toBe(3);
    expect(readTallies([folder])["/b"]?.answered.fallback).toBe(3);
  });

  it("takes over what processes that are gone have left, and nothing of those that live", async () => {
    const left = JSON.stringify({
      "/a": {
        equal: 5,
        different: 0,
        skipped: {},
        answered: { first: 0, other: 0, fallback: 0 },
        examples: [],
      },
    });
    const journal = createMigrationJournal(() => folder, log);
    journal.compared("/a", { kind: "equal" });
    // No system gives a process such a number.
    writeFileSync(join(folder, "99999999-aa.json"), left);
    writeFileSync(join(folder, `${process.ppid}-bb.json`), left);
    createMigrationJournal(() => folder, log).compared("/a", { kind: "equal" });
    await expect.poll(equal).toBe(12);
    expect(readdirSync(folder).filter((name) => /^99999999/.test(name))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith(`${process.ppid}-`)).length).toBe(1);
  });

  it.each([
    ["at once", "process.exit(0);"],
    [
      "in the middle of writing",
      `const isWriting = () => readdirSync(folder).some((name) => name.endsWith(".next"));
      const look = () => (isWriting() ? process.exit(0) : setImmediate(look));
      look();`,
    ],
  ])("is written when the process ends %s", (_, end) => {
    const module = resolve(import.meta.dirname, "../../../../src/runtimes/server/migration-journal.ts");
    const program = `
      import { readdirSync } from "node:fs";
      import { createMigrationJournal } from ${JSON.stringify(module)};
      const folder = process.argv[1];
      const journal = createMigrationJournal(() => folder, console);
      for (let count = 0; count < 3; count += 1) journal.compared("/a", { kind: "equal" });
      ${end}`;
    execFileSync(process.execPath, ["--input-type=module", "-e", program, folder]);
    expect(equal()).toBe(3);
    expect(readdirSync(folder).length).toBe(1);
  });

  it("begins anew when its file is gone, and its folder too", async () => {
    const journal = createMigrationJournal(() => folder, log);
    journal.compared("/a", { kind: "equal" });
    await expect.poll(equal).toBe(1);
    // Not yet written: it belongs to what is to be forgotten.
    journal.compared("/a", { kind: "equal" });
    await clearTallies([folder]);
    expect(existsSync(folder)).toBe(false);
    journal.compared("/a", { kind: "equal" });
    journal.compared("/a", { kind: "equal" });
    await expect.poll(equal).toBe(2);
    expect(log.error).not.toHaveBeenCalled();
  });

  it("gives up, with one line in the log, where it may not write", () => {
    writeFileSync(folder, "a file where the folder should be");
    const journal = createMigrationJournal(() => folder, log);
    journal.compared("/a", { kind: "equal" });
    journal.answered("/a", "first");
    expect(log.error).toHaveBeenCalledOnce();
  });
});
