// Where a program that a command needs is installed: in the project, beside causeway, or on the machine.

import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CausewayError } from "../contract/errors.ts";

/** How each program is had by those who lack it. */
const INSTALLATION: Record<string, string> = {
  bun: "Install it: npm install --save-dev bun, or https://bun.sh",
  deno: "Install it: npm install --save-dev deno, or https://deno.com",
};

/** Absolute path of an executable; throws `tool-missing` with a way to get it. */
export function findProgram(name: string, root: string): string {
  const own = dirname(fileURLToPath(import.meta.url));
  const directories = [
    ...binDirectories(root),
    ...binDirectories(own),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  for (const directory of directories.filter((path) => path !== "")) {
    const found = suffixes.map((suffix) => join(directory, name + suffix)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new CausewayError("tool-missing", `Cannot find the program "${name}"`, {
    remedy: INSTALLATION[name] ?? `Install "${name}" and put it on the PATH.`,
  });
}

/** `node_modules/.bin` of a directory and of all above it. */
function binDirectories(start: string): string[] {
  const parent = dirname(start);
  return [join(start, "node_modules", ".bin"), ...(parent === start ? [] : binDirectories(parent))];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
