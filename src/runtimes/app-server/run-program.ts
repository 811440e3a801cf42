// Runs a server as a program: signals, control socket, and the files that init systems want.

import type { Server } from "node:net";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import type { LogSink } from "../../contract/platform.ts";
import { type ControlDoor, openControlPort, openControlSocket } from "../server/control-door.ts";
import { controlPath, prepareControlFolder } from "../server/control-path.ts";
import { isAnswered } from "../server/listen.ts";
import { checkDescriptors } from "./check-descriptors.ts";

import { notifySystemd } from "./notify-systemd.ts";
import { writePidFile } from "./pid-file.ts";

export interface ProgramOptions {
  /** The directory that is served: commands find the control socket by it. */
  directory: string;
  control: { path: string | undefined; port: number | undefined };
  pidFile: string | undefined;
  backlog: number;
  log: LogSink;
}

/** A server that has started. */
export interface Program {
  door: ControlDoor;
  /** Takes up what lies on the disk now; resolves with what is served then. */
  reload(): Promise<Record<string, unknown>>;
  /** Ends in order. */
  close(): Promise<void>;
  kill(): void;
  /** Ends what accompanies it: timers, watchers. */
  finish?(): void;
}

/** Resolves when `start` has; afterwards signals and the control socket rule the process. */
export async function runProgram<P extends Program>(
  options: ProgramOptions,
  start: () => Promise<P>,
): Promise<P> {
  const { control, pidFile, log } = options;
  await refuseSecond(control.path ?? (await controlPath(options.directory)));
  await checkDescriptors(options.backlog, log);
  const removePidFile = pidFile === undefined ? undefined : await writePidFile(pidFile);
  let closeDoors = () => {};
  const finish = async () => {
    closeDoors();
    await removePidFile?.();
  };
  try {
    const program = await start();
    closeDoors = await openDoors(program, options);
    obeySignals(program, log, finish);
    notifySystemd("--ready");
    return program;
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
async function openDoors(program: Program, options: ProgramOptions): Promise<() => void> {
  const { control, directory, log } = options;
  const servers: Server[] = [];
  const close = () => {
    program.finish?.();
    for (const server of servers) server.close();
  };
  try {
    // Only now: the default path is that of the user who the process has become.
    const path = control.path ?? (await defaultControl(directory, log));
    if (path !== undefined) servers.push(await openControlSocket(path, program.door));
    if (control.port !== undefined) servers.push(await openControlPort(control.port, program.door));
  } catch (error) {
    close();
    await program.close();
    throw error;
  }
  return close;
}

/** A site is also served where nothing may be written; undefined there, and nobody can command it. */
async function defaultControl(directory: string, log: LogSink): Promise<string | undefined> {
  const path = await controlPath(directory);
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

/** A reload that fails leaves everything as it is, and says so. */
export async function reloadProgram(program: Pick<Program, "reload">, log: LogSink): Promise<void> {
  notifySystemd("--reloading");
  try {
    log.warn("Reloaded", await program.reload());
  } catch (error) {
    log.error("Cannot reload: the workers before go on", error);
  }
  notifySystemd("--ready");
}

/** SIGHUP reloads; SIGTERM and SIGINT end in order, and at once when they come again. */
function obeySignals(program: Program, log: LogSink, finish: () => Promise<void>): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return program.kill();
    isStopping = true;
    notifySystemd("--stopping");
    await program.close();
    await finish();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGHUP", () => void reloadProgram(program, log));
}
