// Which control socket belongs to a command line: the given one, or that of the build in the directory.

import { controlPath, listControlPaths } from "../runtimes/server/control-path.ts";
import { findBuild } from "./find-build.ts";
import type { CommandLine } from "./parse-arguments.ts";

/** The path of the socket, whether or not somebody listens there. */
export async function findControl(line: CommandLine): Promise<string> {
  return line.options.texts.get("control") ?? controlPath((await findBuild(line, "node")).outDir);
}

/** The sockets of everybody who serves the build: an application server, or processes of their own. */
export async function findControls(line: CommandLine): Promise<string[]> {
  const given = line.options.texts.get("control");
  return given === undefined ? listControlPaths((await findBuild(line)).outDir) : [given];
}
