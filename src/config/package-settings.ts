// What package.json says about a site: its name, and the settings under the key `causeway`.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { readStoreAddress } from "../contract/store-address.ts";
import type { EarlyHints } from "./project.ts";

export interface PackageSettings {
  name: string | undefined;
  navigationFallbackOnly: boolean;
  immutableFingerprints: boolean;
  directoryIndexes: boolean;
  /** Undefined where the project does not say. */
  earlyHints: EarlyHints | undefined;
  assetStore: string | undefined;
}

const FLAGS = ["navigationFallbackOnly", "immutableFingerprints", "directoryIndexes"] as const;
const EARLY_HINTS: readonly unknown[] = [true, false, "before-functions"];

/** Reads them; a project without a (readable) package.json has the defaults of Pages. */
export async function loadPackageSettings(
  root: string,
): Promise<{ settings: PackageSettings; problems: Problem[] }> {
  const manifest = await readManifest(root);
  const own = isTable(manifest.causeway) ? manifest.causeway : {};
  const settings: PackageSettings = {
    name: typeof manifest.name === "string" ? manifest.name : undefined,
    navigationFallbackOnly: own.navigationFallbackOnly === true,
    immutableFingerprints: own.immutableFingerprints === true,
    directoryIndexes: own.directoryIndexes === true,
    earlyHints: EARLY_HINTS.includes(own.earlyHints) ? (own.earlyHints as EarlyHints) : undefined,
    assetStore: typeof own.assetStore === "string" ? own.assetStore : undefined,
  };
  const problems = FLAGS.filter((flag) => own[flag] !== undefined && typeof own[flag] !== "boolean").map(
    (flag) => wrongValue(flag, "true or false"),
  );
  if (own.earlyHints !== undefined && settings.earlyHints === undefined)
    problems.push(wrongValue("earlyHints", 'true, false or "before-functions"'));
  return { settings, problems: [...problems, ...checkStore(own.assetStore)] };
}

function checkStore(value: unknown): Problem[] {
  if (value === undefined) return [];
  const address = typeof value === "string" ? readStoreAddress(value) : { flaw: "it is no text", remedy: "" };
  if (!("flaw" in address)) return [];
  return [
    {
      severity: "error",
      code: "config-value",
      message: `Cannot use "causeway.assetStore": ${address.flaw}`,
      file: "package.json",
      remedy: address.remedy || "Write an address there, or remove the key.",
    },
  ];
}

/** A broken package.json is the package manager's to report; here it only means that nothing is set. */
async function readManifest(root: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    return isTable(value) ? value : {};
  } catch {
    return {};
  }
}

function wrongValue(key: string, expected: string): Problem {
  return {
    severity: "error",
    code: "config-value",
    message: `"causeway.${key}" must be ${expected}`,
    file: "package.json",
    remedy: `Write ${expected} there, or remove the key.`,
  };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
