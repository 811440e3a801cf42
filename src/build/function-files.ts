// Which files of a functions directory can hold routes, in the order in which Pages finds them.

import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Declaration files hold types only: no value of theirs can be a handler, and none has a body to parse. */
const FUNCTION_FILE = /(?:\.(?:js|mjs|tsx|jsx)|(?<!\.d)\.ts)$/;

/**
 * Lists function files as paths below `directory`: names of a directory in byte order, all files of a
 * level before deeper levels. Nothing is skipped for its name, as on Pages, but declaration files. A link
 * counts if it leads to a file; one to a directory is not followed.
 */
export function listFunctionFiles(directory: string): string[] {
  const found: string[] = [];
  // Grows while it is walked: directories of the next level line up behind those of this one.
  const prefixes = [""];
  for (const prefix of prefixes) {
    const entries = readdirSync(join(directory, prefix), { withFileTypes: true });
    entries.sort((a, b) => compareBytes(a.name, b.name));
    for (const entry of entries) {
      if (entry.isDirectory()) prefixes.push(`${prefix}${entry.name}/`);
      else if (FUNCTION_FILE.test(entry.name) && isFile(entry, directory, prefix))
        found.push(prefix + entry.name);
    }
  }
  return found;
}

function isFile(entry: Dirent, directory: string, prefix: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(join(directory, prefix, entry.name), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Orders names by their UTF-8 bytes, which beyond the basic plane is not the order of `<`. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
