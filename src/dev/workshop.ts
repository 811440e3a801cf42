// Builds a project again and again for development: the configuration is read anew each time, and the builder
// is kept as long as it says the same.

import { mkdir, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { createSiteBuilder, type SiteBuilder } from "../build/site-builder.ts";
import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { Site } from "../contract/site.ts";
import { guardEnvironment } from "../runtimes/server/run-build.ts";

export type DevTarget = "node" | "bun" | "deno" | "workers";

/** A build that is ready to be served. */
export interface DevBuild {
  root: string;
  outDir: string;
  site: Site;
  /** Variables and secrets of the developer's machine. */
  env: Record<string, unknown>;
  /** Equal for two builds that answer alike. */
  identity: string;
}

/** One round of building; without a build, at least one problem is an error. */
export interface Attempt {
  build: DevBuild | undefined;
  problems: Problem[];
}

export interface Workshop {
  attempt(): Promise<Attempt>;
  /** Directories and files that decide how the site answers, as far as the last attempt knows. */
  sources(): string[];
  close(): Promise<void>;
}

/** Where all that development writes goes, below the project. */
const WORK_DIRECTORY = ".causeway";

export interface WorkshopOptions {
  target: DevTarget;
  /** Warnings keep a build from being served, too. */
  strict: boolean;
  /** Names under which the developer's browser asks, beside `localhost`. */
  allowedHosts: string[];
  /** Called for each attempt. */
  loadProject(): Promise<{ project: Project | undefined; problems: Problem[] }>;
}

/** Creates a workshop for one target. */
export function createWorkshop({ target, strict, allowedHosts, loadProject }: WorkshopOptions): Workshop {
  let current: { project: Project; outDir: string; key: string; builder: SiteBuilder } | undefined;
  let inputs: string[] = [];

  async function adopt(project: Project): Promise<NonNullable<typeof current>> {
    const key = JSON.stringify(project);
    if (current?.key === key) return current;
    await current?.builder.dispose();
    const outDir = join(project.root, WORK_DIRECTORY, "dev", target);
    await mkdir(outDir, { recursive: true });
    await writeFile(join(project.root, WORK_DIRECTORY, ".gitignore"), "*\n");
    const builder = createSiteBuilder(project, {
      outDir,
      targets: [target],
      mode: "development",
      development: { allowedHosts },
    });
    current = { project, outDir, key, builder };
    return current;
  }

  return {
    async attempt() {
      const loaded = await loadProject();
      if (loaded.project === undefined) return { build: undefined, problems: loaded.problems };
      const { project, outDir, builder } = await adopt(loaded.project);
      const built = await builder.build();
      const { site } = built;
      inputs = built.inputs;
      const problems = [...loaded.problems, ...built.problems];
      if (site === undefined || problems.some(({ severity }) => strict || severity === "error")) {
        return { build: undefined, problems };
      }
      const env = { ...guardEnvironment(site), ...project.devVars };
      const identity = JSON.stringify([site.build, env]);
      return { build: { root: project.root, outDir, site, env, identity }, problems };
    },
    sources() {
      const { root, functionsDir, assetsDir } = current?.project ?? {};
      const own = [root, functionsDir, assetsDir].filter((path) => path !== undefined);
      return [...own, ...inputs.filter((path) => root === undefined || !path.startsWith(root + sep))];
    },
    async close() {
      await current?.builder.dispose();
      current = undefined;
    },
  };
}
