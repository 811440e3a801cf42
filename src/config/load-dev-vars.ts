// The variables and secrets of a developer's machine: `.dev.vars`, or without it the `.env` family
// (Wrangler docs, "Environment variables and secrets" in local development).

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { expandReferences, parseDotenv } from "./parse-dotenv.ts";

interface Loaded {
  values: Record<string, string>;
  problems: Problem[];
}

/** Reads `.dev.vars.NAME` or `.dev.vars`; where neither exists, `.env`, `.env.local` and those of NAME. */
export async function loadDevVars(root: string, environment: string | undefined): Promise<Loaded> {
  const named =
    environment === undefined ? undefined : await loadVariableFile(root, `.dev.vars.${environment}`);
  return named ?? (await loadVariableFile(root, ".dev.vars")) ?? (await loadEnvFiles(root, environment));
}

/** Reads one file of NAME=value lines; undefined where it does not exist. `file` is relative to `root` or absolute. */
export async function loadVariableFile(root: string, file: string): Promise<Loaded | undefined> {
  try {
    return parseDotenv(await readFile(resolve(root, file), "utf8"), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return { values: {}, problems: [unreadable(file, error as Error)] };
  }
}

/** Later files win. References are expanded across all of them, as dotenv-expand does. */
async function loadEnvFiles(root: string, environment: string | undefined): Promise<Loaded> {
  const names = [".env", ".env.local"];
  if (environment !== undefined) names.push(`.env.${environment}`, `.env.${environment}.local`);
  const files = await Promise.all(names.map((name) => loadVariableFile(root, name)));
  const found = files.filter((file) => file !== undefined);
  return {
    values: expandReferences(Object.assign({}, ...found.map((file) => file.values))),
    problems: found.flatMap((file) => file.problems),
  };
}

function unreadable(file: string, error: Error): Problem {
  return {
    severity: "error",
    code: "env-unreadable",
    message: `Cannot read "${file}": ${error.message}`,
    file,
    remedy: "Make it a readable text file, or remove it.",
  };
}
