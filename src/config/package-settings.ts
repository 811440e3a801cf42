// What package.json says about a site: its name, and the settings under the key `causeway`.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { readStoreAddress } from "../contract/store-address.ts";
import { nearestName } from "./nearest-name.ts";
import { parseJsonc } from "./parse-jsonc.ts";
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

const FILE = "package.json";
const FLAGS = ["navigationFallbackOnly", "immutableFingerprints", "directoryIndexes"] as const;
/** `server` is the application server's, which reads it itself. */
const KEYS: readonly string[] = [...FLAGS, "earlyHints", "assetStore", "server"];
const EARLY_HINTS: readonly unknown[] = [true, false, "before-functions"];

/** Reads them; a project without a (readable) package.json has the defaults of Pages. */
export async function loadPackageSettings(
  root: string,
): Promise<{ settings: PackageSettings; problems: Problem[] }> {
  const { manifest, text } = await readManifest(root);
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
  const found = [...problems, ...checkStore(own.assetStore), ...checkKeys(own)];
  if (found.length === 0) return { settings, problems: [] };
  const { locate } = await parseJsonc(text, FILE);
  return {
    settings,
    problems: found.map(({ key, ...problem }) => ({ ...problem, ...locate(["causeway", key]) })),
  };
}

/** What is wrong with the value of a key, or with the key. */
type KeyProblem = Problem & { key: string };

/** A misspelt key would silently be without effect. */
function checkKeys(own: Record<string, unknown>): KeyProblem[] {
  return Object.keys(own)
    .filter((key) => !KEYS.includes(key))
    .map((key) => {
      const meant = nearestName(key, KEYS);
      return {
        key,
        severity: "warning",
        code: "config-key",
        message: `"causeway.${key}" has no effect: there is no such key`,
        file: FILE,
        remedy:
          meant === undefined
            ? `The keys are ${KEYS.join(", ")}.`
            : `Write ${meant}, if that is what is meant.`,
      };
    });
}

function checkStore(value: unknown): KeyProblem[] {
  if (value === undefined) return [];
  const address = typeof value === "string" ? readStoreAddress(value) : { flaw: "it is no text", remedy: "" };
  if (!("flaw" in address)) return [];
  return [
    {
      key: "assetStore",
      severity: "error",
      code: "config-value",
      message: `Cannot use "causeway.assetStore": ${address.flaw}`,
      file: FILE,
      remedy: address.remedy || "Write an address there, or remove the key.",
    },
  ];
}

/** A broken package.json is the package manager's to report; here it only means that nothing is set. */
async function readManifest(root: string): Promise<{ manifest: Record<string, unknown>; text: string }> {
  try {
    const text = await readFile(join(root, FILE), "utf8");
    const value: unknown = JSON.parse(text);
    return { manifest: isTable(value) ? value : {}, text };
  } catch {
    return { manifest: {}, text: "{}" };
  }
}

function wrongValue(key: string, expected: string): KeyProblem {
  return {
    key,
    severity: "error",
    code: "config-value",
    message: `"causeway.${key}" must be ${expected}`,
    file: FILE,
    remedy: `Write ${expected} there, or remove the key.`,
  };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
