// Loads a build into this process: its functions, and where its files are.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FunctionBundle } from "../contract/bundle.ts";
import { CausewayError } from "../contract/errors.ts";
import type { Site } from "../contract/site.ts";
import type { Release } from "../runtimes/running-server.ts";
import { createFolderStore } from "../runtimes/server/folder-store.ts";

/** The release of a build that lies in a directory, as `dist/node.js` would serve it. */
export async function loadRelease({ outDir, site }: { outDir: string; site: Site }): Promise<Release> {
  const bundle = await loadBundle(join(outDir, "functions.js"), site.build);
  return { site, bundle, store: createFolderStore(join(outDir, "assets")) };
}

/** Imports a bundle; `version` makes the import new where the file at a path has changed. */
export async function loadBundle(file: string, version: string): Promise<FunctionBundle> {
  if (!existsSync(file)) return { modules: {} };
  process.setSourceMapsEnabled(true);
  try {
    return (await import(`${pathToFileURL(file).href}?${version}`)) as FunctionBundle;
  } catch (error) {
    throw new CausewayError("application-boot", `The application threw while loading: ${describe(error)}`, {
      cause: error,
      remedy: "Correct the code that runs when the module is imported.",
    });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
