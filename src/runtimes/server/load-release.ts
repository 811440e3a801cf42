// Loads a build into this process: its functions, and where its files are.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FunctionBundle } from "../../contract/bundle.ts";
import type { Site } from "../../contract/site.ts";
import { prepareNode } from "../node.ts";
import type { Release } from "../running-server.ts";
import { openAssetStore } from "./open-asset-store.ts";
import { loadApplication } from "./run-build.ts";

/** The release of a build that lies in a directory, as its own `node.js` would serve it. */
export async function loadRelease(build: { outDir: string; site: Site }): Promise<Release> {
  const { outDir, site } = build;
  const bundle =
    site.application.kind === "none" ? { modules: {} } : await loadBundle(join(outDir, "functions.js"));
  return { site, bundle, store: await openAssetStore(site, outDir) };
}

/** Imports a bundle anew where its text has changed; module state lasts as long as the text does. */
async function loadBundle(file: string): Promise<FunctionBundle> {
  const version = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  prepareNode();
  return loadApplication(() => import(`${pathToFileURL(file).href}?${version}`));
}
