// Variables for wrangler in a file that only this user may read: a command line can be read by everybody (ps).

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausewayError } from "../contract/errors.ts";

export interface VariableFile {
  path: string;
  remove(): void;
}

/** Writes the file, in a folder that only this user may enter. */
export function writeVariableFile(variables: Record<string, unknown>): VariableFile {
  const text = formatVariables(variables);
  const folder = mkdtempSync(join(tmpdir(), "causeway-vars-"));
  const path = join(folder, "variables.env");
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** NAME=value lines from which dotenv, as wrangler has it, reads the same values again. */
export function formatVariables(variables: Record<string, unknown>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(name, String(value))}\n`)
    .join("");
}

/**
 * Between quotes dotenv takes text as it is, line feeds included, but a dollar begins a reference even there. Only in
 * double quotes a carriage return can be written, and there two letters after a backslash stand for something else.
 */
function quote(name: string, value: string): string {
  const text = value.replaceAll("$", "\\$");
  const mark = ["'", "`"].find((candidate) => !text.includes(candidate) && !text.includes("\r"));
  if (mark !== undefined) return `${mark}${text}${mark}`;
  if (!text.includes('"') && !/\\[nr]/.test(text)) return `"${text.replaceAll("\r", "\\r")}"`;
  throw new CausewayError(
    "bad-usage",
    `Cannot pass the variable "${name}" to workerd: it holds every kind of quote`,
    { remedy: "Encode its value, or serve on another runtime." },
  );
}
