// Which files of a functions directory can hold routes, in the order in which Pages finds them.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

const FUNCTION_FILE = /\.(?:js|mjs|ts|tsx|jsx)$/;

/**
 * Lists function files as paths below `directory`: names of a directory in byte order, all files of a
 * level before deeper levels. Nothing is skipped, whatever its name, as on Pages.
 */
export async function listFunctionFiles(directory: string): Promise<string[]> {
  const found: string[] = [];
  let level = [""];
  while (level.length > 0) {
    const listings = await Promise.all(level.map((below) => readLevel(directory, below)));
    found.push(...listings.flatMap((listing) => listing.files));
    level = listings.flatMap((listing) => listing.directories);
  }
  return found;
}

async function readLevel(
  directory: string,
  below: string,
): Promise<{ files: string[]; directories: string[] }> {
  const entries = await readdir(join(directory, below), { withFileTypes: true });
  entries.sort((a, b) => compareBytes(a.name, b.name));
  const pathOf = (name: string) => (below === "" ? name : `${below}/${name}`);
  return {
    files: entries
      .filter((entry) => entry.isFile() && FUNCTION_FILE.test(entry.name))
      .map((entry) => pathOf(entry.name)),
    directories: entries.filter((entry) => entry.isDirectory()).map((entry) => pathOf(entry.name)),
  };
}

/** Orders strings by their UTF-8 bytes, which for code points outside the BMP is not the order of `<`. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
