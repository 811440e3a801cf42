// Builds a site from the repository's own sources, as `causeway build` does.

import { createSiteBuilder } from "../../src/build/site-builder.ts";
import { TARGETS, type Target } from "../../src/build/target.ts";
import { loadProject } from "../../src/config/load-project.ts";
import { formatProblem } from "../../src/contract/problem.ts";

/** Builds the project in `root`, for every target by default; throws with every problem that is an error. */
export async function buildSite(
  root: string,
  outDir: string,
  targets: readonly Target[] = TARGETS,
): Promise<void> {
  const { project, problems } = await loadProject({ directory: root });
  const errors = problems.filter(({ severity }) => severity === "error");
  if (project === undefined || errors.length > 0) throw new Error(errors.map(formatProblem).join("\n"));
  const builder = createSiteBuilder(project, { outDir, targets, mode: "production" });
  try {
    const build = await builder.build();
    if (build.site === undefined) throw new Error(build.problems.map(formatProblem).join("\n"));
  } finally {
    await builder.dispose();
  }
}
