// Rules about exports know names, not places: here problems get the line of the export that they are about.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { placeAtOffset } from "../config/source-place.ts";
import type { Problem } from "../contract/problem.ts";

/** The name that a message quotes, if it is one that code can have. */
const QUOTED_NAME = /"([A-Za-z_$][\w$]*)"/;
const HANDLER = /\bonRequest\w*/;

/** Adds line and excerpt where a problem has only a file. */
export function locateProblems(problems: readonly Problem[], root: string): Promise<Problem[]> {
  return Promise.all(problems.map((problem) => locate(problem, root)));
}

async function locate(problem: Problem, root: string): Promise<Problem> {
  if (problem.file === undefined || problem.line !== undefined) return problem;
  // A directory, or a file that is gone since: the problem stays as it is.
  const text = await readFile(join(root, problem.file), "utf8").catch(() => "");
  const name = QUOTED_NAME.exec(problem.message)?.[1];
  const pattern = name === undefined ? HANDLER : new RegExp(`\\b${name.replaceAll("$", "\\$")}\\b`);
  const offset = text.search(pattern);
  return offset < 0 ? problem : { ...problem, ...placeAtOffset(text, offset) };
}
