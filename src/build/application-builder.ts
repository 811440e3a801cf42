// Builds what answers dynamic paths: decides between function files and a Worker (Pages docs, "Advanced
// mode"), finds the routes and bundles the code.

import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { RouteEntry } from "../contract/site.ts";
import { ENTRY_MODULE } from "./bundle.ts";
import {
  type BundlerPool,
  bundleTargets,
  createBundlerPool,
  type TargetBundles,
  type TargetOptions,
} from "./bundle-targets.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { checkWorker } from "./check-worker.ts";
import { functionsEntry, workerEntry } from "./entry-source.ts";
import { findWorker, type WorkerSource } from "./find-worker.ts";
import { createFunctionScanner, type FunctionScan, type FunctionScanner } from "./scan-functions.ts";
import { routesOfScan } from "./scan-routes.ts";
import { selectHandlers } from "./select-handlers.ts";
import { startCompiler } from "./start-compiler.ts";
import { bundleWorkerDirectory } from "./worker-directory.ts";

export interface BuiltApplication extends TargetBundles {
  kind: "none" | "functions" | "worker";
  /** In matching order; empty unless the application is file routes. */
  routes: RouteEntry[];
}

export interface ApplicationBuilder {
  build(): Promise<BuiltApplication>;
  dispose(): Promise<void>;
}

/** What one builder keeps between its builds. */
interface Workshop {
  project: Project;
  options: TargetOptions;
  bundlers: BundlerPool;
}

/** Creates a builder that keeps what it parsed between builds. */
export function createApplicationBuilder(project: Project, options: TargetOptions): ApplicationBuilder {
  const workshop = { project, options, bundlers: createBundlerPool() };
  const { root, functionsDir } = project;
  const scanner = functionsDir === undefined ? undefined : createFunctionScanner(root, functionsDir);
  return {
    async build() {
      const worker = await findWorker(project);
      if (worker !== undefined) return buildWorker(workshop, worker);
      if (scanner === undefined || functionsDir === undefined) return noApplication(options, []);
      return buildFunctions(workshop, functionsDir, scanner);
    },
    dispose: () => workshop.bundlers.dispose(),
  };
}

/** Builds with the exports as plain reading has them, and once more if parsing has them otherwise. */
async function buildFunctions(
  workshop: Workshop,
  functionsDir: string,
  scanner: FunctionScanner,
): Promise<BuiltApplication> {
  const starting = startCompiler();
  const plain = await scanner.scanPlainly();
  await starting;
  const built = await buildScanned(workshop, functionsDir, plain);
  if (hasHandlersAsRead(built)) {
    scanner.confirm([...built.bundles.values()].flatMap(({ bundle }) => bundle.inputs));
  }
  const exact = await scanner.scan();
  const isSame = JSON.stringify(exact) === JSON.stringify(plain);
  return isSame ? built : buildScanned(workshop, functionsDir, exact);
}

/** The generated entry imports every handler by name: the bundler complains about it if one is not there. */
function hasHandlersAsRead({ problems }: BuiltApplication): boolean {
  return !problems.some(({ file }) => file?.startsWith(ENTRY_MODULE));
}

async function buildScanned(
  { project, options, bundlers }: Workshop,
  functionsDir: string,
  scan: FunctionScan,
): Promise<BuiltApplication> {
  const directory = toProjectPath(functionsDir, project.root);
  const { routes, problems: found, matchersFile } = await routesOfScan(scan, functionsDir, project.root);
  const handlers = selectHandlers(scan.files, routes, matchersFile);
  if (handlers.length === 0) return noApplication(options, found);
  const entry = functionsEntry(directory, handlers);
  const built = await bundleTargets(project, options, (bundler) => bundlers.get(bundler).bundle(entry));
  return { kind: "functions", routes, ...built, problems: [...found, ...built.problems] };
}

async function buildWorker(
  { project, options, bundlers }: Workshop,
  worker: WorkerSource,
): Promise<BuiltApplication> {
  const problems = await checkWorker(project.root, worker);
  if (problems.length > 0) return { ...noApplication(options, problems), kind: "worker" };
  const { directory } = worker;
  const built = await bundleTargets(project, options, (bundler) =>
    directory === undefined
      ? bundlers.get(bundler).bundle(workerEntry(toProjectPath(worker.entry, project.root)))
      : bundleWorkerDirectory({ ...worker, directory }, bundler),
  );
  return { kind: "worker", routes: [], ...built };
}

function noApplication({ targets }: TargetOptions, problems: Problem[]): BuiltApplication {
  return { kind: "none", routes: [], bundles: new Map(), targets: [...targets], problems };
}
