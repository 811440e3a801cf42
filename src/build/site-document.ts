// Puts a site document together, so that equal sources give equal bytes.

import { createHash } from "node:crypto";
import type { Project } from "../config/project.ts";
import {
  type Application,
  type AssetFile,
  type DevelopmentRules,
  SITE_FORMAT,
  type Site,
  type WorkerFirst,
} from "../contract/site.ts";
import { formatSite } from "../contract/site-text.ts";
import type { BuiltApplication } from "./application-builder.ts";
import { type BuildFile, textFile } from "./build-file.ts";
import type { CollectedAssets } from "./collect-assets.ts";
import type { StaticRules } from "./read-rules.ts";
import { sortKeys } from "./sort-keys.ts";

/** Everything that a build has found out. */
export interface SiteParts {
  project: Project;
  application: BuiltApplication;
  first: WorkerFirst;
  rules: StaticRules;
  assets: Pick<CollectedAssets, "files">;
  /** Given for a development server. */
  development?: DevelopmentRules | undefined;
  /** Address of the store that the site is to read its files from, if not its own folder. */
  store: string | undefined;
  /** The document of the build before, if there was one. */
  previous: Site | undefined;
}

/** The document of a site. */
export function createSite(parts: SiteParts): Site {
  const { project, rules } = parts;
  const site = sortKeys<Omit<Site, "build">>({
    format: SITE_FORMAT,
    name: project.name,
    application: describeApplication(parts),
    assets: {
      files: keepModified(parts.assets.files, parts.previous?.assets.files ?? {}),
      htmlHandling: project.htmlHandling,
      notFound: project.notFound,
      headers: rules.headers,
      redirects: rules.redirects,
      navigationFallbackOnly: project.navigationFallbackOnly,
      immutableFingerprints: project.immutableFingerprints,
      ...(project.earlyHints === "before-functions" ? { hintsBeforeFunctions: true as const } : {}),
      binding: project.assetsBinding,
      ...(parts.store === undefined ? {} : { store: parts.store }),
    },
    vars: project.vars,
    ...(project.routing === undefined ? {} : { routing: project.routing }),
    compatibility: { date: project.compatibilityDate, flags: project.compatibilityFlags },
    ...(parts.development === undefined ? {} : { development: parts.development }),
    ...(project.crons === undefined ? {} : { crons: project.crons }),
  });
  return { ...site, build: identify(site, parts.application) };
}

/** The document as the file of a build. */
export function siteFile(site: Site): BuildFile {
  return textFile("site.json", formatSite(site));
}

function describeApplication({ application, rules, first }: SiteParts): Application {
  if (application.kind === "none") return { kind: "none" };
  const { invocation } = rules;
  if (application.kind === "worker") return { kind: "worker", invocation, first };
  return { kind: "functions", routes: application.routes, invocation };
}

/**
 * Last-Modified is when the content changed. A file that was only touched, or checked out anew over an
 * earlier build, keeps its date, so that a rebuild gives the same bytes and caches stay good.
 */
function keepModified(
  files: Record<string, AssetFile>,
  before: Record<string, AssetFile>,
): Record<string, AssetFile> {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => {
      const known = Object.hasOwn(before, path) ? before[path] : undefined;
      return [
        path,
        known?.hash === file.hash && known.modified !== undefined
          ? { ...file, modified: known.modified }
          : file,
      ];
    }),
  );
}

/** Names what is served: dates of files are not part of it, the code of the functions is. */
function identify(site: Omit<Site, "build">, { bundles }: BuiltApplication): string {
  const files = Object.fromEntries(
    Object.entries(site.assets.files).map(([path, { modified, ...file }]) => [path, file]),
  );
  const hash = createHash("sha256").update(JSON.stringify({ ...site, assets: { ...site.assets, files } }));
  const outputs = new Map<string, BuildFile>();
  for (const { bundle } of bundles.values()) for (const file of bundle.files) outputs.set(file.path, file);
  for (const path of [...outputs.keys()].sort())
    hash.update(`\0${path}\0`).update(outputs.get(path)?.contents ?? "");
  return hash.digest("hex").slice(0, 16);
}
