// Runs the application server of one site as a program.

import process from "node:process";
import { json } from "../server/control-door.ts";
import { joinNodes } from "../server/purge-nodes.ts";
import { createMasterDoor } from "./control-server.ts";
import { type Master, type MasterOptions, startMaster } from "./master.ts";
import { type Program, type ProgramOptions, reloadProgram, runProgram } from "./run-program.ts";
import { watchBuild } from "./watch-build.ts";
import { WorkerRates } from "./worker-rates.ts";

export interface AppServerOptions extends Omit<MasterOptions, "control">, Omit<ProgramOptions, "directory"> {
  /** Reload when a new build lies in the output directory. */
  watch: boolean;
}

interface SiteProgram extends Program {
  master: Master;
}

const RATES_EVERY_MS = 1_000;

/** Resolves when the site is served; afterwards signals and the control socket rule the process. */
export async function runAppServer(options: AppServerOptions): Promise<Master> {
  const start = async () => createProgram(await startMaster(options), options);
  const { master } = await runProgram({ ...options, directory: options.outDir }, start);
  return master;
}

async function createProgram(master: Master, options: AppServerOptions): Promise<SiteProgram> {
  const { outDir, log, watch } = options;
  const nodes = await joinNodes({
    site: master.site(),
    outDir,
    isShared: true,
    log,
    apply: (selection) => master.cache.purgeHere(selection),
  });
  if (nodes !== undefined) master.cache.onPurge = (selection) => nodes.publish(selection);
  const rates = new WorkerRates();
  const timer = setInterval(() => noteRates(master, rates), RATES_EVERY_MS);
  const reload = async () => {
    await master.reload();
    return { build: master.site().build };
  };
  const currentBuild = () => master.site().build;
  const stopWatching = watch
    ? watchBuild(outDir, currentBuild, () => reloadProgram({ reload }, log))
    : undefined;
  const stop = (force: boolean) => {
    if (force) master.kill();
    process.emit("SIGTERM");
    return json(202, { stopping: true });
  };
  return {
    master,
    door: createMasterDoor({ master, rates, stop }),
    reload,
    close: () => master.close(),
    kill: () => master.kill(),
    finish() {
      clearInterval(timer);
      stopWatching?.();
      void nodes?.close();
    },
  };
}

function noteRates({ pools }: Master, rates: WorkerRates): void {
  const rows = pools.flatMap(({ supervisor }) => supervisor.rows());
  const now = performance.now();
  for (const { id, report } of rows) if (report !== undefined) rates.note(id, report, now);
  rates.keep(new Set(rows.map(({ id }) => id)));
}
