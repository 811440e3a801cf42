// Runs the server of many sites as a program.

import { type Program, type ProgramOptions, runProgram } from "../app-server/run-program.ts";
import { type Emperor, type EmperorOptions, startEmperor } from "./emperor.ts";
import { createSitesDoor } from "./sites-door.ts";

export interface ManySitesOptions extends EmperorOptions, Omit<ProgramOptions, "backlog"> {}

/** Resolves when the front serves; afterwards signals and the control socket rule the process. */
export async function runManySites(options: ManySitesOptions): Promise<Emperor> {
  const start = async () => createProgram(await startEmperor(options), options.directory);
  const { emperor } = await runProgram({ ...options, backlog: options.frontBacklog }, start);
  return emperor;
}

function createProgram(emperor: Emperor, directory: string): Program & { emperor: Emperor } {
  const reload = async () => {
    await emperor.look();
    const outcomes = await Promise.allSettled(emperor.runners.map((runner) => runner.reload()));
    const failed = outcomes.filter(({ status }) => status === "rejected").length;
    return { sites: outcomes.length, failed };
  };
  return {
    emperor,
    door: createSitesDoor(emperor, directory, reload),
    reload,
    close: () => emperor.close(),
    kill: () => emperor.kill(),
  };
}
