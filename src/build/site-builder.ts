// From a project on disk to a build: the steps, in their order.

import { relative } from "node:path";
import type { Project } from "../config/project.ts";
import { createWorkersConfig, formatWorkersConfig, WORKERS_CONFIG_FILE } from "../config/workers-config.ts";
import type { Problem } from "../contract/problem.ts";
import type { DevelopmentRules, Site, WorkerFirst } from "../contract/site.ts";
import { parseWorkerFirst } from "../pages/worker-first.ts";
import { type BuiltApplication, createApplicationBuilder } from "./application-builder.ts";
import type { AssetMount } from "./asset-imports.ts";
import { type BuildFile, textFile } from "./build-file.ts";
import {
  checkOutputDirectory,
  createReplacingWriter,
  createUpdatingWriter,
  readPreviousSite,
} from "./build-output.ts";
import type { BuildMode } from "./bundler-options.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { checkHidden } from "./check-hidden.ts";
import { checkLimits, checkWorkersStore } from "./check-limits.ts";
import { checkMigrations, checkWorkersRouting } from "./check-routing.ts";
import { checkStrayWorker } from "./check-worker.ts";
import { type CollectedAssets, collectAssets, collectMounts } from "./collect-assets.ts";
import { programFiles } from "./entry-files.ts";
import { readRules, type StaticRules } from "./read-rules.ts";
import { createSite, siteFile } from "./site-document.ts";
import type { Target } from "./target.ts";

export type { Target } from "./target.ts";

export interface SiteBuilderOptions {
  /** Absolute path of the directory that becomes the build. */
  outDir: string;
  targets: readonly Target[];
  mode: BuildMode;
  /** Leave out, with a warning, targets that the code does not fit, as long as one is left. */
  skipUnfitTargets?: boolean;
  /** Whom a development server answers. */
  development?: DevelopmentRules | undefined;
}

/** How one build went. */
export interface SiteBuild {
  /** Undefined if a problem is an error; then nothing was written. */
  site: Site | undefined;
  problems: Problem[];
  /** What was built for. */
  targets: Target[];
  /** Absolute paths of the files and directories that decide how the next build comes out. */
  inputs: string[];
}

export interface SiteBuilder {
  /** Builds what is on disk now; quicker than the first time. */
  build(): Promise<SiteBuild>;
  dispose(): Promise<void>;
}

/** Creates a builder for a project as it was loaded; a changed configuration needs a new one. */
export function createSiteBuilder(project: Project, options: SiteBuilderOptions): SiteBuilder {
  const { outDir, mode, skipUnfitTargets = false } = options;
  const applications = createApplicationBuilder(project, { ...options, skipUnfitTargets });
  const writer = mode === "production" ? createReplacingWriter(outDir) : createUpdatingWriter(outDir);
  return {
    async build() {
      const gathered = await gather(project, options, applications.build());
      const { application, problems } = gathered;
      const outcome = { targets: application.targets, inputs: inputsOf(project, application) };
      if (hasErrors(problems)) return { ...outcome, site: undefined, problems };
      const site = createSite({
        ...gathered,
        development: options.development,
        // Nothing is pushed while a site is developed.
        store: mode === "production" ? project.assetStore : undefined,
        previous: await readPreviousSite(outDir),
      });
      const programs = await programFiles(application, mode);
      const settings = await settingsFiles(project, application.targets);
      const files = [...programs, ...settings, siteFile(site)];
      const failures = await writer.write({ files, blobs: gathered.assets.blobs });
      if (hasErrors(failures)) return { ...outcome, site: undefined, problems: [...problems, ...failures] };
      return { ...outcome, site, problems };
    },
    dispose: () => applications.dispose(),
  };
}

/** What wrangler runs and deploys the build by, from the directory where it lies. */
async function settingsFiles(project: Project, targets: readonly Target[]): Promise<BuildFile[]> {
  if (!targets.includes("workers")) return [];
  return [textFile(WORKERS_CONFIG_FILE, formatWorkersConfig(await createWorkersConfig(project)))];
}

/** Everything that goes into a site, and all that is wrong with it. */
interface Gathered {
  project: Project;
  application: BuiltApplication;
  first: WorkerFirst;
  rules: StaticRules;
  assets: CollectedAssets;
  problems: Problem[];
}

async function gather(
  project: Project,
  options: SiteBuilderOptions,
  building: Promise<BuiltApplication>,
): Promise<Gathered> {
  const { root, assetsDir, conventions, runWorkerFirst, configFile } = project;
  const shown = relative(root, options.outDir);
  const [application, own, rules, occupied] = await Promise.all([
    building,
    collectAssets(project, options),
    readRules(project),
    options.mode === "production" ? checkOutputDirectory(options.outDir, shown) : [],
  ]);
  const setting = conventions === "pages" ? true : runWorkerFirst;
  const { first, problems: firstProblems } = parseWorkerFirst(
    setting,
    toProjectPath(configFile ?? root, root),
  );
  const mounts = mountsOf(application);
  const assets = mergeAssets([own, ...(await collectMounts(project, mounts, options))]);
  const directory = assetsDir === undefined ? "" : toProjectPath(assetsDir, root);
  const problems = [
    ...occupied,
    ...application.problems,
    ...(await checkStrayWorker(project)),
    ...rules.problems,
    ...(isInvoked(application) ? rules.invocationProblems : []),
    ...firstProblems,
    ...assets.problems,
    ...(await checkHidden({ project, routes: application.routes, assets: Object.keys(own.files), rules })),
    ...(application.targets.includes("workers")
      ? [...checkWorkersFiles(project, own, assets, directory), ...checkWorkersRouting(project.routing)]
      : []),
    ...checkMigrations(project.routing, application.kind !== "none"),
  ];
  return { project, application, first, rules, assets, problems: withoutDoubles(problems) };
}

/** Whether there is something to invoke, or would be without the errors. */
function isInvoked({ kind, problems }: BuiltApplication): boolean {
  return kind !== "none" || hasErrors(problems);
}

/** Files that Workers read from a store are not uploaded with the code, so the limits are not theirs. */
function checkWorkersFiles(
  { assetStore }: Project,
  { files }: CollectedAssets,
  { blobs }: CollectedAssets,
  directory: string,
): Problem[] {
  return assetStore === undefined ? checkLimits(files, blobs.size, directory) : checkWorkersStore(assetStore);
}

/** Two bundles of one application mount the same directories. */
function mountsOf({ bundles }: BuiltApplication): AssetMount[] {
  const mounts = [...bundles.values()].flatMap(({ bundle }) => bundle.mounts);
  return [...new Map(mounts.map((mount) => [mount.prefix, mount])).values()];
}

function mergeAssets(parts: readonly CollectedAssets[]): CollectedAssets {
  return {
    files: Object.fromEntries(parts.flatMap((part) => Object.entries(part.files))),
    blobs: new Map(parts.flatMap((part) => [...part.blobs])),
    problems: parts.flatMap((part) => part.problems),
  };
}

function inputsOf({ functionsDir, assetsDir, configFile }: Project, { bundles }: BuiltApplication): string[] {
  const read = [...bundles.values()].flatMap(({ bundle }) => [
    ...bundle.inputs,
    ...bundle.mounts.map((mount) => mount.directory),
  ]);
  const roots = [functionsDir, assetsDir, configFile].filter((path) => path !== undefined);
  return [...new Set([...roots, ...read])];
}

/** Parsing and bundling both see a broken file, and each family of runtimes sees it anew. */
function withoutDoubles(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()];
}

function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}
