// Stacks in terms of the source, where the engine does not map them by itself (Bun).

import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";

/** A place in a stack: an absolute file of ours, line and column from 1. */
const PLACE = /(?:file:\/\/)?((?:\/|[A-Za-z]:\\)[^\s():]+\.js):(\d+):(\d+)/g;

/** Creates a mapper that reads each source map once, when a stack first names its file. */
export function createStackMapper(): (stack: string) => string {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string) => {
    if (!maps.has(file)) maps.set(file, readSourceMap(`${file}.map`));
    return maps.get(file);
  };
  return (stack) =>
    stack.replace(PLACE, (place, file: string, line: string, column: string) => {
      const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (entry === undefined || !("originalSource" in entry) || !entry.originalSource) return place;
      const source = resolve(dirname(file), entry.originalSource);
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}

function readSourceMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // No map, or none that can be read: the stack stays as it is.
    return undefined;
  }
}
