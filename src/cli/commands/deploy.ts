// `causeway deploy`: builds for Workers and hands over to wrangler.

import { deployBuild } from "../../deploy/deploy-build.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { buildProject } from "./build.ts";

/** Builds and deploys; with --dry-run everything but the upload happens. */
export async function runDeploy(line: CommandLine, output: Output): Promise<void> {
  const { project, outDir } = await buildProject(line, output, ["workers"]);
  const dryRun = line.options.flags.has("dry-run");
  const { uploadSize } = await deployBuild({
    root: project.root,
    outDir,
    dryRun,
    args: line.rest,
    onLine: (text) => output.note(text),
  });
  const done = dryRun ? "Ready to be deployed" : "Deployed";
  output.result(`${done}: ${project.name}${uploadSize === undefined ? "" : ` (${uploadSize})`}`, {
    name: project.name,
    dryRun,
    uploadSize,
  });
}
