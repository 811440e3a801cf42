// Which control socket belongs to a command line: the given one, or that of the build in the directory.

import { controlPath } from "../runtimes/app-server/control-path.ts";
import { findBuild } from "./find-build.ts";
import type { CommandLine } from "./parse-arguments.ts";

/** The path of the socket, whether or not somebody listens there. */
export async function findControl(line: CommandLine): Promise<string> {
  return line.options.texts.get("control") ?? controlPath((await findBuild(line, "node")).outDir);
}
