// Loads a build into this process: its functions, and where its files are.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FunctionBundle } from "../contract/bundle.ts";
import type { Site } from "../contract/site.ts";
import type { Release } from "../runtimes/running-server.ts";
import { createFolderStore } from "../runtimes/server/folder-store.ts";
import { loadApplication } from "../runtimes/server/run-build.ts";

/** The release of a build that lies in a directory, as `dist/node.js` would serve it. */
export async function loadRelease({ outDir, site }: { outDir: string; site: Site }): Promise<Release> {
  const bundle = await loadBundle(join(outDir, "functions.js"), site.build);
  return { site, bundle, store: createFolderStore(join(outDir, "assets")) };
}

/** Imports a bundle; `version` makes the import new where the file at a path has changed. */
export async function loadBundle(file: string, version: string): Promise<FunctionBundle> {
  if (!existsSync(file)) return { modules: {} };
  process.setSourceMapsEnabled(true);
  return loadApplication(() => import(`${pathToFileURL(file).href}?${version}`));
}
