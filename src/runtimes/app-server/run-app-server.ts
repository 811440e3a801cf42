// Runs the application server as a program: master, signals, control socket, and the files that init systems want.

import type { Server } from "node:net";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import type { LogSink } from "../../contract/platform.ts";
import { controlPath, prepareControlFolder } from "../server/control-path.ts";
import { isAnswered } from "../server/listen.ts";
import { joinNodes } from "../server/purge-nodes.ts";
import { checkDescriptors } from "./check-descriptors.ts";
import { type ControlOptions, openMasterPort, openMasterSocket } from "./control-server.ts";
import { type Master, type MasterOptions, startMaster } from "./master.ts";
import { notifySystemd } from "./notify-systemd.ts";
import { writePidFile } from "./pid-file.ts";
import { watchBuild } from "./watch-build.ts";
import { WorkerRates } from "./worker-rates.ts";

export interface AppServerOptions extends MasterOptions {
  control: { path: string | undefined; port: number | undefined };
  pidFile: string | undefined;
  /** Reload when a new build lies in the output directory. */
  watch: boolean;
}

const RATES_EVERY_MS = 1_000;

/** Resolves when the site is served; afterwards signals and the control socket rule the process. */
export async function runAppServer(options: AppServerOptions): Promise<Master> {
  await refuseSecond(options.control.path ?? (await controlPath(options.outDir)));
  await checkDescriptors(options.backlog, options.log);
  const removePidFile = options.pidFile === undefined ? undefined : await writePidFile(options.pidFile);
  const closing: (() => unknown)[] = [];
  const finish = async () => {
    for (const close of closing) await close();
    await removePidFile?.();
  };
  try {
    const master = await startMaster(options);
    closing.push(await openDoors(master, options));
    const nodes = await joinNodes({
      site: master.site(),
      outDir: options.outDir,
      isShared: true,
      log: options.log,
      apply: (selection) => master.cache.purgeHere(selection),
    });
    if (nodes !== undefined) {
      master.cache.onPurge = (selection) => nodes.publish(selection);
      closing.push(() => nodes.close());
    }
    if (options.watch) {
      closing.push(
        watchBuild(
          options.outDir,
          () => master.site().build,
          () => reload(master, options),
        ),
      );
    }
    obeySignals(master, options, finish);
    notifySystemd("--ready");
    return master;
  } catch (error) {
    await finish();
    throw error;
  }
}

/** Two masters for one build would both follow its changes, and commands would reach either. */
async function refuseSecond(path: string): Promise<void> {
  if (!(await isAnswered(path))) return;
  throw new CausewayError("port-in-use", "Cannot start: this build is served already", {
    remedy:
      "`causeway status` shows the server, `causeway stop` ends it; a second one needs its own --control.",
  });
}

/** Opens the control socket and port; returns what closes them. */
async function openDoors(master: Master, { control, outDir, log }: AppServerOptions): Promise<() => void> {
  const rates = new WorkerRates();
  const timer = setInterval(() => noteRates(master, rates), RATES_EVERY_MS);
  const doors: ControlOptions = { master, rates, stop: () => process.emit("SIGTERM") };
  const servers: Server[] = [];
  const close = () => {
    clearInterval(timer);
    for (const server of servers) server.close();
  };
  try {
    // Only now: the default path is that of the user who the process has become.
    const path = control.path ?? (await defaultControl(outDir, log));
    if (path !== undefined) servers.push(await openMasterSocket(path, doors));
    if (control.port !== undefined) servers.push(await openMasterPort(control.port, doors));
  } catch (error) {
    close();
    await master.close();
    throw error;
  }
  return close;
}

/** A site is also served where nothing may be written; undefined there, and nobody can command it. */
async function defaultControl(outDir: string, log: LogSink): Promise<string | undefined> {
  const path = await controlPath(outDir);
  try {
    await prepareControlFolder(path);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EROFS" && code !== "EACCES" && code !== "ENOENT") throw error;
    const remedy = "Name a place that can be written to with --control.";
    log.warn("There is no control socket: its folder cannot be made", { path, code, remedy });
    return undefined;
  }
}

function noteRates({ pools }: Master, rates: WorkerRates): void {
  const rows = pools.flatMap(({ supervisor }) => supervisor.rows());
  const now = performance.now();
  for (const { id, report } of rows) if (report !== undefined) rates.note(id, report, now);
  rates.keep(new Set(rows.map(({ id }) => id)));
}

/** A reload that fails leaves everything as it is, and says so. */
async function reload(master: Master, { log }: AppServerOptions): Promise<void> {
  notifySystemd("--reloading");
  try {
    await master.reload();
    log.warn("Reloaded", { build: master.site().build });
  } catch (error) {
    log.error("Cannot reload: the workers before go on", error);
  }
  notifySystemd("--ready");
}

/** SIGHUP reloads; SIGTERM and SIGINT end in order, and at once when they come again. */
function obeySignals(master: Master, options: AppServerOptions, finish: () => Promise<void>): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return master.kill();
    isStopping = true;
    notifySystemd("--stopping");
    await master.close();
    await finish();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGHUP", () => void reload(master, options));
}
