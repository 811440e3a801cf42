// The file that tells init scripts which process is the master.

import { readFile, rm, writeFile } from "node:fs/promises";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";

/** Writes it, unless the process that it names is alive; returns what removes it again. */
export async function writePidFile(file: string): Promise<() => Promise<void>> {
  const text = await readFile(file, "utf8").catch(() => "");
  const other = /^\d+\s*$/.test(text) ? Number(text) : undefined;
  if (other !== undefined && other !== process.pid && isAlive(other)) {
    throw new CausewayError(
      "bad-usage",
      `Cannot write "${file}": process ${other}, which it names, is alive`,
      {
        remedy: `Stop it with \`kill ${other}\`, or choose another file with --pid-file.`,
      },
    );
  }
  try {
    await writeFile(file, `${process.pid}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CausewayError("bad-usage", `Cannot write "${file}": ${code}`, {
      remedy: "Choose another file with --pid-file.",
      cause: error,
    });
  }
  // A process that has given up its privileges may not; the next start sees that the number is stale.
  return () => rm(file, { force: true }).catch(() => {});
}

/** Whether a process exists, its own or somebody else's. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
