// Is the build in a folder whole? While it is written it is not, and must not be served.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { blobPath } from "../../assets/stores/blob-path.ts";
import { parseSite } from "../../contract/parse-site.ts";
import type { Site } from "../../contract/site.ts";
import { blobsOf } from "../../contract/site-blobs.ts";
import { storeAddressOf } from "../server/open-asset-store.ts";

/** Files are many; this many are looked at together. */
const CONCURRENCY = 64;

/** The site document of a build; throws what `parseSite` throws, and ENOENT. */
export async function readSite(folder: string): Promise<Site> {
  return parseSite(JSON.parse(await readFile(join(folder, "site.json"), "utf8")));
}

/** Changes whenever a file at the top of the build (document, code) does; undefined while there is none. */
export async function readFingerprint(folder: string): Promise<string | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    if (!files.includes("site.json")) return undefined;
    const lines = files.sort().map(async (name) => {
      const { size, mtimeMs, ino } = await stat(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${ino}`;
    });
    return (await Promise.all(lines)).join("\n");
  } catch (error) {
    // Between two builds there is a moment without.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Path of a blob that the document lists and the folder lacks; undefined if all are there, or if the site reads
 * them elsewhere.
 */
export async function findMissingBlob(folder: string, site: Site): Promise<string | undefined> {
  if (storeAddressOf(site) !== undefined) return undefined;
  const blobs = blobsOf(site);
  for (let index = 0; index < blobs.length; index += CONCURRENCY) {
    const checks = blobs.slice(index, index + CONCURRENCY).map(async ({ path, hash, size }) => {
      const file = blobPath(hash);
      return file !== undefined && (await sizeOf(join(folder, "assets", file))) === size ? undefined : path;
    });
    const missing = (await Promise.all(checks)).find((path) => path !== undefined);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
