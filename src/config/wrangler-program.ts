// How wrangler is run: the project's own copy or ours, without telemetry, banner or questions.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CausewayError } from "../contract/errors.ts";

/** Keeps wrangler from using the network for anything but the command itself. */
const SETTINGS = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

export interface WranglerProgram {
  /** To be run by this Node: on Windows a script cannot be executed without a shell. */
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Finds wrangler for a project; throws `tool-missing` where it is not installed. Our builds have their
 * environment applied, so CLOUDFLARE_ENV must not select one again.
 */
export function findWrangler(root: string): WranglerProgram {
  const manifest = resolveFrom(join(root, "package.json")) ?? resolveFrom(import.meta.url);
  if (manifest === undefined) {
    throw new CausewayError("tool-missing", 'Cannot find the program "wrangler"', {
      remedy: "Install it: npm install --save-dev wrangler",
    });
  }
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  const script = join(dirname(manifest), bin.wrangler ?? "bin/wrangler.js");
  const { CLOUDFLARE_ENV: _applied, ...env } = process.env;
  return { command: process.execPath, args: [script], env: { ...env, ...SETTINGS } };
}

function resolveFrom(place: string): string | undefined {
  try {
    return createRequire(place).resolve("wrangler/package.json");
  } catch {
    return undefined;
  }
}
