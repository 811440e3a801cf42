// Where the build that a command is to serve lies.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Target } from "../build/target.ts";
import { OUTPUT_DIRECTORIES } from "../config/output-directory.ts";
import { CausewayError } from "../contract/errors.ts";
import { parseSite } from "../contract/parse-site.ts";
import type { Site } from "../contract/site.ts";
import type { CommandLine } from "./parse-arguments.ts";

export interface FoundBuild {
  root: string;
  outDir: string;
  site: Site;
}

/** Finds a build, for a target or any, where `causeway build` writes it; the sources need not be there any more. */
export async function findBuild({ directory, options }: CommandLine, target?: Target): Promise<FoundBuild> {
  const root = resolve(directory);
  const wish = options.texts.get("out");
  const candidates = wish === undefined ? OUTPUT_DIRECTORIES : [wish];
  for (const candidate of candidates) {
    const outDir = resolve(root, candidate);
    const document = await readSiteDocument(join(outDir, "site.json"));
    if (document === undefined) continue;
    if (target !== undefined && !existsSync(join(outDir, `${target}.js`))) throw missingEntry(outDir, target);
    return { root, outDir, site: parseSite(document) };
  }
  throw new CausewayError(
    "build-missing",
    `Cannot find a build in "${resolve(root, candidates[0] ?? ".")}"`,
    {
      remedy: existsSync(root)
        ? "Run `causeway build` first, or `causeway start --build`."
        : "There is no such directory: name the one of the project.",
    },
  );
}

/** The folder of the build for Node in a site's folder: that itself, or where `causeway build` writes. */
export function findBuildIn(folder: string): string | undefined {
  const candidates = [folder, ...OUTPUT_DIRECTORIES.map((name) => join(folder, name))];
  return candidates.find((candidate) =>
    ["site.json", "node.js"].every((file) => existsSync(join(candidate, file))),
  );
}

function missingEntry(outDir: string, target: Target): CausewayError {
  return new CausewayError("build-missing", `The build in "${outDir}" has no entry for ${target}`, {
    remedy: `Run \`causeway build --target ${target}\`, or \`causeway start --build\`.`,
  });
}

/** Undefined where no site document is; a static site may well publish a site.json of its own. */
export async function readSiteDocument(path: string): Promise<unknown> {
  try {
    const document: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof document === "object" && document !== null && "application" in document
      ? document
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
