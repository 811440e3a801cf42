// `causeway build`: writes a build and says what is in it.

import { relative } from "node:path";
import { createSiteBuilder } from "../../build/site-builder.ts";
import { TARGETS, type Target } from "../../build/target.ts";
import { selectOutputDirectory } from "../../config/output-directory.ts";
import type { Project } from "../../config/project.ts";
import { CausewayError } from "../../contract/errors.ts";
import type { RouteEntry, Site } from "../../contract/site.ts";
import { formatBytes } from "../format-bytes.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { requireProject } from "../site-options.ts";

export interface FinishedBuild {
  project: Project;
  outDir: string;
  site: Site;
  targets: Target[];
}

/** Builds every target that was asked for, or all. */
export async function runBuild(line: CommandLine, output: Output): Promise<void> {
  const startedMs = performance.now();
  const wished = line.options.lists.get("target") as Target[] | undefined;
  const build = await buildProject(line, output, wished);
  const durationMs = Math.round(performance.now() - startedMs);
  const summary = summarise(build);
  if (!output.quiet) output.result(`${describe(summary)} in ${durationMs} ms`, { ...summary, durationMs });
}

/**
 * Builds the project of a command line; throws `invalid-project` with all that is wrong with it. Without
 * wished targets, those that the code does not fit are left out.
 */
export async function buildProject(
  line: CommandLine,
  output: Output,
  wished: readonly Target[] | undefined,
): Promise<FinishedBuild> {
  const { project, problems } = await requireProject(line, output);
  const { outDir, problems: misplaced } = selectOutputDirectory(project, line.options.texts.get("out"));
  if (misplaced.length > 0) output.require([...problems, ...misplaced]);
  const builder = createSiteBuilder(project, {
    outDir,
    targets: TARGETS.filter((target) => wished === undefined || wished.includes(target)),
    mode: "production",
    skipUnfitTargets: wished === undefined,
  });
  try {
    const result = await builder.build();
    output.require([...problems, ...result.problems]);
    if (result.site === undefined) throw new CausewayError("internal", "The build ended without a site");
    return { project, outDir, site: result.site, targets: result.targets };
  } finally {
    await builder.dispose();
  }
}

/** Entries that answer: one with middleware alone guards a path and is none. */
function countRoutes(routes: readonly RouteEntry[]): number {
  return routes.filter(({ handlers }) => handlers.length > 0).length;
}

type Summary = ReturnType<typeof summarise>;

function summarise({ outDir, site, targets }: FinishedBuild) {
  const files = Object.values(site.assets.files);
  return {
    out: outDir,
    build: site.build,
    targets,
    routes: site.application.kind === "functions" ? countRoutes(site.application.routes) : 0,
    application: site.application.kind,
    assets: files.length,
    assetBytes: files.reduce((sum, file) => sum + file.size, 0),
  };
}

function describe({ out, targets, routes, application, assets, assetBytes }: Summary): string {
  const dynamic = application === "worker" ? "one Worker" : `${routes} ${routes === 1 ? "route" : "routes"}`;
  const files = `${assets} static ${assets === 1 ? "file" : "files"} (${formatBytes(assetBytes)})`;
  return `Built ${dynamic} and ${files} for ${targets.join(", ")} into ${relative(process.cwd(), out) || "."}`;
}
