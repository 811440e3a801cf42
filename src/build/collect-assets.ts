// All static files of a site: the static directory, the directories that functions mount, and compressed
// forms of both.

import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { AssetFile } from "../contract/site.ts";
import type { AssetMount } from "./asset-imports.ts";
import type { BuildMode } from "./bundler-options.ts";
import { findPreloadLinks, isPage } from "./find-preload-links.ts";
import { createIgnoreRule, type IgnoreRule } from "./ignored-assets.ts";
import { listAssets } from "./list-assets.ts";
import { type CompressedForms, precompress } from "./precompress.ts";

/** Where the bytes of a blob come from while a build is written. */
export interface BlobSource {
  /** Absolute. */
  file: string;
  size: number;
  /** Given for files that somebody may change meanwhile. */
  modifiedMs?: number;
}

export interface CollectedAssets {
  /** By manifest path. */
  files: Record<string, AssetFile>;
  /** By content hash. */
  blobs: Map<string, BlobSource>;
  problems: Problem[];
}

export interface CollectOptions {
  mode: BuildMode;
  /** Absolute path of the build, which may lie in the static directory. */
  outDir: string;
}

/** Below the project, kept between builds. */
const WORK_DIRECTORY = ".causeway";

/** Lists the static directory. */
export async function collectAssets(project: Project, options: CollectOptions): Promise<CollectedAssets> {
  const { assetsDir } = project;
  if (assetsDir === undefined) return { files: {}, blobs: new Map(), problems: [] };
  const rule = await createIgnoreRule(project, assetsDir, options.outDir);
  return collectDirectory(project, { directory: assetsDir, prefix: "" }, options.mode, rule);
}

/** Lists the directories that functions mount, each under its prefix; nothing in them is special. */
export function collectMounts(
  project: Project,
  mounts: readonly AssetMount[],
  { mode }: CollectOptions,
): Promise<CollectedAssets[]> {
  return Promise.all(mounts.map((mount) => collectDirectory(project, mount, mode, () => false)));
}

async function collectDirectory(
  project: Project,
  { directory, prefix }: AssetMount,
  mode: BuildMode,
  rule: IgnoreRule,
): Promise<CollectedAssets> {
  const cacheDir = await prepareCache(project.root);
  const listing = await listAssets(directory, {
    conventions: project.conventions,
    cacheFile: join(cacheDir, nameCache("assets", prefix)),
    ignore: rule,
    projectRoot: project.root,
  });
  const inputs = [...listing.sources].map(([path, source]) => ({
    ...source,
    type: listing.files[path]?.type,
  }));
  // Compressing takes longer than a developer wants to wait, and changes no answer but in size.
  const forms =
    mode === "production" ? await precompress(inputs, { cacheDir: join(cacheDir, "compressed") }) : undefined;
  const links =
    mode === "production" && project.earlyHints !== false
      ? await findPreloadLinks(inputs, join(cacheDir, nameCache("links", prefix)))
      : undefined;
  const blobs = new Map<string, BlobSource>(
    [...listing.sources.values()].map((source) => [source.hash, source]),
  );
  const files: Record<string, AssetFile> = {};
  for (const [path, file] of Object.entries(listing.files)) {
    const found = forms?.get(file.hash);
    const link = isPage(file) ? links?.get(file.hash) : undefined;
    files[prefix + path] = {
      ...file,
      ...(link === undefined ? {} : { links: link }),
      ...(found === undefined ? {} : { encodings: describeForms(found) }),
    };
    for (const { hash, ...form } of Object.values(found ?? {})) blobs.set(hash, form);
  }
  return { files, blobs, problems: listing.problems };
}

/** Each directory has a cache of its own. */
function nameCache(name: string, prefix: string): string {
  return `${name}${prefix === "" ? "" : `-${basename(prefix)}`}.json`;
}

/** The forms without the places of their bytes. */
function describeForms(forms: CompressedForms): NonNullable<AssetFile["encodings"]> {
  return Object.fromEntries(
    Object.entries(forms).map(([coding, { hash, size }]) => [coding, { hash, size }]),
  );
}

/** Makes the cache folder, out of sight of version control. */
async function prepareCache(root: string): Promise<string> {
  const cacheDir = join(root, WORK_DIRECTORY, "cache");
  await mkdir(cacheDir, { recursive: true });
  await writeFile(join(root, WORK_DIRECTORY, ".gitignore"), "*\n");
  return cacheDir;
}
