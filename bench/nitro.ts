// Nitro as a contender: installed into a directory of the bench, since this project does not depend on it.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Contender } from "./contest.ts";

const NITRO = "nitro@3.0.0";

/** Installs Nitro beside the sources in `cwd` and builds them for Node; undefined where it cannot be installed. */
export function buildNitro(cwd: string, settings: Record<string, unknown> = {}): Contender | undefined {
  const config = JSON.stringify({ preset: "node-server", ...settings });
  writeFileSync(join(cwd, "package.json"), '{ "private": true, "type": "module" }');
  writeFileSync(join(cwd, "nitro.config.mjs"), `export default ${config};\n`);
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { cwd, stdio: "ignore", env: { ...process.env, NODE_ENV: "production" } });
  try {
    run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", NITRO]);
    run(process.execPath, ["node_modules/.bin/nitro", "build"]);
  } catch {
    console.error(`Left out: ${NITRO} cannot be installed`);
    return undefined;
  }
  return { name: "Nitro", command: () => ({ args: [process.execPath, ".output/server/index.mjs"], cwd }) };
}
