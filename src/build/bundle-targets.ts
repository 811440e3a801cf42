// One application, several runtimes: which bundle does each target get, and which targets cannot have one?

import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import { type Bundle, type Bundler, type BundlerOptions, createBundler } from "./bundle.ts";
import type { BuildMode } from "./bundler-options.ts";
import { checkNodeImports } from "./check-platform.ts";
import type { BundleFlavour } from "./module-imports.ts";
import { flavourOf, type Target } from "./target.ts";

/** A bundle and the module, below the build, by which it is imported. */
export interface BundleAtPath {
  path: string;
  bundle: Bundle;
}

export interface TargetBundles {
  /** The same bundle for both families where there is no difference. */
  bundles: Map<BundleFlavour, BundleAtPath>;
  /** The wanted targets, less those that the code does not fit. */
  targets: Target[];
  problems: Problem[];
}

export interface TargetOptions {
  /** Absolute path of the build. */
  outDir: string;
  mode: BuildMode;
  targets: readonly Target[];
  /** Leave out a target that the code does not fit, with a warning, as long as another one is left. */
  skipUnfitTargets: boolean;
}

/** Bundles one application the way its caller knows. */
export type BundleApplication = (options: BundlerOptions) => Promise<Bundle>;

const SHARED_PATH = "functions.js";
const WORKERS_PATH = "functions.workers.js";
const FAMILY_NAMES: Record<BundleFlavour, string> = { server: "Node, Bun and Deno", workers: "Workers" };

/** Bundles for the wanted targets: once if all can share the result. */
export async function bundleTargets(
  project: Project,
  options: TargetOptions,
  bundleApplication: BundleApplication,
): Promise<TargetBundles> {
  const { outDir, mode, targets } = options;
  const attempt = async (flavour: BundleFlavour, path: string): Promise<Attempt> => {
    const bundle = await bundleApplication({ project, mode, flavour, outDir, path });
    return { flavour, path, bundle, problems: await problemsOf(project, flavour, bundle) };
  };
  const flavours = [...new Set(targets.map(flavourOf))];
  const attempts: Attempt[] = [];
  for (const flavour of flavours) {
    const shared = attempts.find(({ bundle }) => bundle.files.length > 0 && !isFlavoured(bundle));
    if (shared === undefined) {
      attempts.push(await attempt(flavour, attempts.length === 0 ? SHARED_PATH : WORKERS_PATH));
    } else {
      attempts.push({ ...shared, flavour, problems: await problemsOf(project, flavour, shared.bundle) });
    }
  }
  return chooseFit(attempts, options);
}

interface Attempt extends BundleAtPath {
  flavour: BundleFlavour;
  problems: Problem[];
}

async function problemsOf(project: Project, flavour: BundleFlavour, bundle: Bundle): Promise<Problem[]> {
  if (flavour === "server") return bundle.problems;
  return [...bundle.problems, ...(await checkNodeImports(project, bundle.platformImports))];
}

/** WebAssembly and Cloudflare's own modules are imported in different ways; all else is the same text. */
function isFlavoured({ files, platformImports }: Bundle): boolean {
  return (
    files.some(({ path }) => path.endsWith(".wasm")) ||
    platformImports.some(({ module }) => module.startsWith("cloudflare:"))
  );
}

function chooseFit(
  attempts: readonly Attempt[],
  { targets, skipUnfitTargets }: TargetOptions,
): TargetBundles {
  const unfit = attempts.filter(({ problems }) => problems.some(({ severity }) => severity === "error"));
  const isSkipping = skipUnfitTargets && unfit.length < attempts.length;
  const left = isSkipping ? attempts.filter((attempt) => !unfit.includes(attempt)) : attempts;
  return {
    bundles: new Map(left.map(({ flavour, path, bundle }) => [flavour, { path, bundle }])),
    targets: targets.filter((target) => left.some(({ flavour }) => flavour === flavourOf(target))),
    problems: attempts.flatMap((attempt) =>
      isSkipping && unfit.includes(attempt)
        ? attempt.problems.map((problem) => skipped(problem, attempt.flavour))
        : attempt.problems,
    ),
  };
}

function skipped(problem: Problem, flavour: BundleFlavour): Problem {
  return {
    ...problem,
    severity: "warning",
    message: `Not built for ${FAMILY_NAMES[flavour]}: ${problem.message}`,
  };
}

/** Bundlers by what they make, kept between builds. */
export interface BundlerPool {
  get(options: BundlerOptions): Bundler;
  dispose(): Promise<void>;
}

/** Creates a pool: the second build of a module starts from what the first one parsed. */
export function createBundlerPool(): BundlerPool {
  const bundlers = new Map<string, Bundler>();
  return {
    get(options) {
      const key = `${options.flavour} ${options.path}`;
      const bundler = bundlers.get(key) ?? createBundler(options);
      bundlers.set(key, bundler);
      return bundler;
    },
    async dispose() {
      await Promise.all([...bundlers.values()].map((bundler) => bundler.dispose()));
      bundlers.clear();
    },
  };
}
