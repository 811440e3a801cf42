// Which pages of a site have links to load first? Each page is read once and remembered by its content.

import { hash as digest } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { AssetFile } from "../contract/site.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { CompressionInput } from "./precompress.ts";
import { scanPreloadLinks } from "./preload-links.ts";
import { temporaryPath } from "./temporary-path.ts";

/** What a later build may still believe of what an earlier one found. */
const FORMAT = 1;
/** Larger pages are data; their links would come too late to be hints. */
const MAX_BYTES = 1024 * 1024;
const MAX_PARALLEL_READS = 16;

type Found = Record<string, string | null>;

/** Values of `Link` by content hash, for the pages among `files` that have one. */
export async function findPreloadLinks(
  files: Iterable<CompressionInput>,
  cacheFile: string,
): Promise<Map<string, string>> {
  const known = await readFound(cacheFile);
  const pages = [...new Map([...files].filter(isPage).map((page) => [page.hash, page])).values()];
  const found: Found = {};
  await mapConcurrently(pages, MAX_PARALLEL_READS, async (page) => {
    const value = Object.hasOwn(known, page.hash) ? known[page.hash] : await scanPage(page);
    if (value !== undefined) found[page.hash] = value;
  });
  if (JSON.stringify(found) !== JSON.stringify(known)) await writeFound(cacheFile, found);
  return new Map(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Whether a file of that type and size is read for links; another of the same bytes may be no page. */
export function isPage({ type, size }: Pick<AssetFile, "type" | "size">): boolean {
  return (type?.startsWith("text/html") ?? false) && size <= MAX_BYTES;
}

/** Null for a page without links; undefined for one that was rewritten since it was listed. */
async function scanPage({ file, hash }: CompressionInput): Promise<string | null | undefined> {
  const bytes = await readFile(file);
  if (digest("sha256", bytes) !== hash) return undefined;
  return (await scanPreloadLinks(bytes)) ?? null;
}

async function readFound(file: string): Promise<Found> {
  try {
    const document = JSON.parse(await readFile(file, "utf8")) as { format: unknown; links: Found };
    return document.format === FORMAT ? document.links : {};
  } catch {
    // Without it every page is read again, with the same result.
    return {};
  }
}

/** Renamed into place, so that two builds at once never read half a file. */
async function writeFound(file: string, links: Found): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = temporaryPath(file);
  await writeFile(temporary, JSON.stringify({ format: FORMAT, links }));
  await rename(temporary, file);
}
