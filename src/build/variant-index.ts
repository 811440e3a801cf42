// What did compressing some content give? Remembered between builds by content hash and settings.

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ContentCoding } from "../contract/site.ts";
import { temporaryPath } from "./temporary-path.ts";

/** Hash and size of a compressed form; null if it was not worth keeping. */
export type KnownVariant = { hash: string; size: number } | null;

export interface VariantIndex {
  /** Undefined if this content has not been compressed with these settings. */
  find(hash: string, coding: ContentCoding, settings: string): KnownVariant | undefined;
  remember(hash: string, coding: ContentCoding, settings: string, variant: KnownVariant): void;
  save(): Promise<void>;
}

type Entries = Record<string, Partial<Record<ContentCoding, [settings: string, ...([string, number] | [])]>>>;

const FORMAT = 1;

/** Loads the index; a missing or damaged file is an empty one. */
export async function loadVariantIndex(file: string): Promise<VariantIndex> {
  const entries = new Map(Object.entries(await readEntries(file)));
  let isChanged = false;
  return {
    find(content, coding, settings) {
      const [known, hash, size] = entries.get(content)?.[coding] ?? [];
      if (known !== settings) return undefined;
      return hash === undefined || size === undefined ? null : { hash, size };
    },
    remember(content, coding, settings, variant) {
      const record = variant ? ([settings, variant.hash, variant.size] as const) : ([settings] as const);
      entries.set(content, { ...entries.get(content), [coding]: record });
      isChanged = true;
    },
    async save() {
      if (isChanged) await writeEntries(file, Object.fromEntries(entries));
    },
  };
}

async function readEntries(file: string): Promise<Entries> {
  try {
    const document = JSON.parse(await readFile(file, "utf8")) as { format: unknown; variants: Entries };
    return document.format === FORMAT ? document.variants : {};
  } catch {
    // Without an index everything is compressed again, with the same result.
    return {};
  }
}

/** Renamed into place, so that two builds at once never read half a file. */
async function writeEntries(file: string, variants: Entries): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = temporaryPath(file);
  await writeFile(temporary, JSON.stringify({ format: FORMAT, variants }));
  await rename(temporary, file);
}
