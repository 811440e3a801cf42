// A project in a temporary directory, for tests that build.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import {
  createSiteBuilder,
  type SiteBuild,
  type SiteBuilderOptions,
} from "../../../src/build/site-builder.ts";
import type { Project } from "../../../src/config/project.ts";
import type { FunctionBundle } from "../../../src/contract/bundle.ts";

export type ProjectFiles = Record<string, string | Uint8Array>;

export interface TempProject {
  root: string;
  outDir: string;
  project: Project;
  write(files: ProjectFiles): Promise<void>;
  /** Builds once, for Node unless told otherwise. */
  build(options?: Partial<SiteBuilderOptions>): Promise<SiteBuild>;
  /** Imports the bundle of the last build. */
  load(path?: string): Promise<FunctionBundle>;
  read(path: string): Promise<string>;
}

/** Creates a project that is removed when the test is over. */
export async function createProject(
  files: ProjectFiles,
  settings: Partial<Project> = {},
): Promise<TempProject> {
  const root = await mkdtemp(join(tmpdir(), "causeway-build-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const has = (directory: string) => Object.keys(files).some((file) => file.startsWith(`${directory}/`));
  const project: Project = {
    root,
    name: "test",
    functionsDir: has("functions") ? join(root, "functions") : undefined,
    assetsDir: has("public") ? join(root, "public") : undefined,
    configFile: undefined,
    conventions: "pages",
    main: undefined,
    assetsBinding: "ASSETS",
    htmlHandling: "pages",
    notFound: "pages",
    runWorkerFirst: false,
    vars: {},
    devVars: {},
    compatibilityDate: "2025-09-01",
    compatibilityFlags: [],
    navigationFallbackOnly: false,
    immutableFingerprints: false,
    earlyHints: true,
    ...settings,
  };
  const outDir = join(root, "dist");
  const write = (more: ProjectFiles) => writeFiles(root, more);
  await write(files);
  return {
    root,
    outDir,
    project,
    write,
    async build(options = {}) {
      const builder = createSiteBuilder(project, {
        outDir,
        targets: ["node"],
        mode: "production",
        ...options,
      });
      try {
        return await builder.build();
      } finally {
        await builder.dispose();
      }
    },
    load: async (path = "functions.js") =>
      (await import(`${pathToFileURL(join(outDir, path)).href}?${Date.now()}`)) as FunctionBundle,
    read: (path) => readFile(join(outDir, path), "utf8"),
  };
}

export async function writeFiles(root: string, files: ProjectFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** Every file below a directory with its bytes, for comparing. */
export async function readTree(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const tree = await Promise.all(
    paths
      .sort()
      .map(async (path) => [path.slice(directory.length + 1), await readFile(path, "latin1")] as const),
  );
  return new Map(tree);
}

/** A handler's answer, called as the gateway calls it. */
export async function answerOf(
  bundle: FunctionBundle,
  file: string,
  exportName = "onRequest",
): Promise<unknown> {
  const handler = bundle.modules[file]?.[exportName] as (context: unknown) => unknown;
  const response = (await handler({ request: new Request("http://localhost/") })) as Response;
  return response.headers.get("content-type")?.includes("json") ? response.json() : response.text();
}
