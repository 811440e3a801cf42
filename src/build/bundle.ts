// Bundles an application into one ES module, with everything that its imports bring along.

import { resolve } from "node:path";
import {
  type BuildContext,
  type BuildOptions,
  type BuildResult,
  context,
  type Metafile,
  type Plugin,
} from "esbuild";
import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import { type AssetMount, assetImports } from "./asset-imports.ts";
import type { BuildFile } from "./build-file.ts";
import { type BuildMode, bundlerOptions, hasNodeCompat } from "./bundler-options.ts";
import { isBuildFailure, toProblems } from "./bundler-problem.ts";
import { injectedModules } from "./injected-modules.ts";
import { type BundleFlavour, moduleImports } from "./module-imports.ts";
import { type PlatformImport, platformImports } from "./platform-imports.ts";

/** What came out of bundling once. */
export interface Bundle {
  /** The module, its source map, and the files that it imports at run time. None after errors. */
  files: BuildFile[];
  /** Directories that functions serve. */
  mounts: AssetMount[];
  platformImports: PlatformImport[];
  /** Absolute paths of the source files that were read. */
  inputs: string[];
  problems: Problem[];
}

export interface Bundler {
  /** Bundles the module with this source; quick if only a few files changed since the last time. */
  bundle(entry: string): Promise<Bundle>;
  dispose(): Promise<void>;
}

export interface BundlerOptions {
  project: Project;
  mode: BuildMode;
  flavour: BundleFlavour;
  /** Absolute path of the build: source maps are relative to it. */
  outDir: string;
  /** Where the module goes, below the build, with `/`. */
  path: string;
  /** Absolute paths of files that stay imports, and how the module spells them. */
  external?: ReadonlyMap<string, string>;
}

interface Findings {
  files: Map<string, BuildFile>;
  mounts: Map<string, AssetMount>;
  platformImports: PlatformImport[];
}

/** The module that everything starts from exists in memory only; messages about it name it so. */
export const ENTRY_MODULE = "causeway-entry";

/** Creates a bundler for one module; it keeps what it parsed until it is disposed of. */
export function createBundler(options: BundlerOptions): Bundler {
  const { project } = options;
  let source = "";
  let findings = noFindings();
  let opened: Promise<BuildContext> | undefined;
  return {
    async bundle(entry) {
      source = entry;
      findings = noFindings();
      opened ??= context(
        contextOptions(
          options,
          () => source,
          () => findings,
        ),
      );
      try {
        const result = await (await opened).rebuild();
        return toBundle(options, result, findings);
      } catch (error) {
        if (!isBuildFailure(error)) throw error;
        const problems = [
          ...toProblems(error.errors, "error", project.root),
          ...toProblems(error.warnings, "warning", project.root),
        ];
        return { files: [], mounts: [], platformImports: findings.platformImports, inputs: [], problems };
      }
    },
    async dispose() {
      await (await opened)?.dispose();
      opened = undefined;
    },
  };
}

function noFindings(): Findings {
  return { files: new Map(), mounts: new Map(), platformImports: [] };
}

function contextOptions(
  options: BundlerOptions,
  source: () => string,
  findings: () => Findings,
): BuildOptions {
  const { project, mode, flavour, outDir, path, external } = options;
  const base = "../".repeat(path.split("/").length - 1) || "./";
  return {
    ...bundlerOptions(project, mode),
    entryPoints: [ENTRY_MODULE],
    outfile: resolve(outDir, path),
    plugins: [
      entryModule(project.root, source),
      ...(external === undefined ? [] : [externalFiles(external)]),
      injectedModules(),
      moduleImports(project.root, flavour, base, (file) => findings().files.set(file.path, file)),
      assetImports(project.root, project.assetsBinding, (mount) =>
        findings().mounts.set(mount.prefix, mount),
      ),
      platformImports(flavour, hasNodeCompat(project.compatibilityFlags), (found) =>
        findings().platformImports.push(found),
      ),
    ],
  };
}

function entryModule(root: string, source: () => string): Plugin {
  return {
    name: "causeway-entry",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${ENTRY_MODULE}$`) }, ({ path }) => ({
        path,
        namespace: ENTRY_MODULE,
      }));
      build.onLoad({ filter: /.*/, namespace: ENTRY_MODULE }, () => ({
        contents: source(),
        resolveDir: root,
      }));
    },
  };
}

function externalFiles(external: ReadonlyMap<string, string>): Plugin {
  return {
    name: "causeway-external-files",
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const spelling = external.get(resolve(resolveDir, path));
        return spelling === undefined ? undefined : { path: spelling, external: true };
      });
    },
  };
}

/** Plugins run side by side: what they found is put in order, so that equal input gives equal output. */
function toBundle({ project, outDir }: BundlerOptions, result: BuildResult, found: Findings): Bundle {
  const outputs = (result.outputFiles ?? []).map((file) => ({
    path: file.path.slice(outDir.length + 1).replaceAll("\\", "/"),
    contents: file.contents,
  }));
  return {
    files: [...outputs, ...found.files.values()].sort(by((file) => file.path)),
    mounts: [...found.mounts.values()].sort(by((mount) => mount.prefix)),
    platformImports: found.platformImports.sort(by(({ importer, module }) => `${importer}\0${module}`)),
    inputs: sourceFiles(result.metafile, project.root),
    problems: toProblems(result.warnings, "warning", project.root),
  };
}

function sourceFiles(metafile: Metafile | undefined, root: string): string[] {
  const names = Object.keys(metafile?.inputs ?? {}).filter((name) => !name.startsWith("causeway-"));
  return names.map((name) => resolve(root, name));
}

function by<Item>(key: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
