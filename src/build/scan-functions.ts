// The files of a functions directory with their exports; what did not change is not read again.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { listFunctionFiles } from "./function-files.ts";
import { parseExports } from "./parse-exports.ts";
import { readPlainExports } from "./plain-exports.ts";

/** A function file and the names that it exports. */
export interface ScannedFile {
  /** Below the functions directory, with `/`. */
  file: string;
  exports: string[];
}

export interface FunctionScan {
  /** In the order of discovery, without the files that could not be parsed. */
  files: ScannedFile[];
  problems: Problem[];
}

export interface FunctionScanner {
  /** Parses what changed since the last scan. */
  scan(): Promise<FunctionScan>;
  /** Takes plain files at their word; `scan` parses them, unless they are confirmed before. */
  scanPlainly(): Promise<FunctionScan>;
  /** Says that bundling has parsed these files, by absolute path, and found the exports that were read. */
  confirm(paths: readonly string[]): void;
}

interface KnownFile {
  stamp: string;
  exports: string[];
  isParsed: boolean;
}

/** Creates a scanner that remembers what it has read. */
export function createFunctionScanner(root: string, functionsDir: string): FunctionScanner {
  let known = new Map<string, KnownFile>();

  async function scan(trustsPlainFiles: boolean): Promise<FunctionScan> {
    const found = listFunctionFiles(functionsDir).map((file) => lookAt(functionsDir, file, known.get(file)));
    if (trustsPlainFiles) for (const entry of found) entry.known ??= readPlainly(functionsDir, entry);
    const isKnown = (entry: FoundFile) =>
      entry.known !== undefined && (entry.known.isParsed || trustsPlainFiles);
    const unknown = found.filter((entry) => !isKnown(entry)).map(({ file }) => file);
    const parsed = await parseExports(root, functionsDir, unknown);
    known = new Map();
    for (const entry of found) {
      const exports = parsed.exports.get(entry.file);
      const current = isKnown(entry)
        ? entry.known
        : exports && { stamp: entry.stamp, exports, isParsed: true };
      if (current !== undefined) known.set(entry.file, current);
    }
    const files = [...known].map(([file, { exports }]) => ({ file, exports }));
    return { files, problems: parsed.problems };
  }

  function confirm(paths: readonly string[]): void {
    const read = new Set(paths);
    for (const [file, entry] of known) entry.isParsed ||= read.has(join(functionsDir, file));
  }

  return { scan: () => scan(false), scanPlainly: () => scan(true), confirm };
}

interface FoundFile {
  file: string;
  stamp: string;
  /** What was found out about this state of the file. */
  known: KnownFile | undefined;
}

// Synchronous calls: for a thousand small files the queue of the thread pool costs five times the work.

function lookAt(functionsDir: string, file: string, before: KnownFile | undefined): FoundFile {
  const { mtimeNs, size } = statSync(join(functionsDir, file), { bigint: true });
  const stamp = `${mtimeNs}:${size}`;
  return { file, stamp, known: before?.stamp === stamp ? before : undefined };
}

function readPlainly(functionsDir: string, { file, stamp }: FoundFile): KnownFile | undefined {
  const exports = readPlainExports(readFileSync(join(functionsDir, file), "utf8"));
  return exports && { stamp, exports, isParsed: false };
}
