// Runs a build's own entry on another runtime, as a process that starts and ends with us.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findProgram } from "../config/find-program.ts";
import { workersConfigPath } from "../config/workers-config.ts";
import { findWrangler } from "../config/wrangler-program.ts";
import { CausewayError } from "../contract/errors.ts";
import { openWorkerdDoor } from "../runtimes/workerd-door/open-door.ts";
import { writeVariableFile } from "./variable-file.ts";

/** The runtimes that are started as processes of their own. */
export type ProcessRuntime = "bun" | "deno" | "workerd";

export interface RuntimeProcessOptions {
  runtime: ProcessRuntime;
  /** The project, whose own copy of a program is preferred. */
  root: string;
  outDir: string;
  host: string;
  port: number;
  /** Variables and secrets for the functions. */
  env: Record<string, unknown>;
  /** One line for each request on standard error; on workerd wrangler has a log of its own. */
  accessLog?: boolean;
}

export interface RuntimeProcess {
  /** Resolves with the exit code once the process is gone. */
  exited: Promise<number>;
  /** Asks it to end, and ends it after a while; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Every entry says where it listens in one line with a URL. */
const READY = /https?:\/\/\S+:\d+/;
/** Its log of requests and reloads. */
const WRANGLER_CHATTER = /^(?:\[wrangler:info\]|⎔)/;
const START_TIMEOUT_MS = 30_000;
/** Within two seconds of Ctrl-C nothing may be left. */
const STOP_TIMEOUT_MS = 1_500;

interface Invocation {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Takes back what was written for the process. */
  clean?: () => void;
}

/** Where workerd listens: what everybody reaches is the door in front of it. */
const BEHIND_DOOR = "127.0.0.1";

/** Starts the process and resolves when it serves; throws `tool-failed` if it ends before that. */
export async function startRuntimeProcess(options: RuntimeProcessOptions): Promise<RuntimeProcess> {
  if (options.runtime !== "workerd") return startProcess(options);
  // wrangler chooses its port itself: one that is reserved for it may be somebody else's until it listens.
  const { exited, stop, url } = await startProcess({ ...options, host: BEHIND_DOOR, port: 0 });
  const behind = { host: url.hostname, port: Number(url.port) };
  const door = await openWorkerdDoor(options.port, options.host, behind).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    exited: exited.finally(() => door.close()),
    stop: async () => {
      await Promise.all([door.close(), stop()]);
    },
  };
}

/** `url` is where the process says that it listens. */
async function startProcess(options: RuntimeProcessOptions): Promise<RuntimeProcess & { url: URL }> {
  const { command, args, env, clean } = INVOCATIONS[options.runtime](options);
  // A group of its own: Ctrl-C in a terminal reaches only us, and we stop the whole group in order. The pipe to its
  // standard input closes even if we are killed.
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "inherit"], detached: true });
  const stopAtExit = () => {
    signalGroup(child, "SIGKILL");
    clean?.();
  };
  process.once("exit", stopAtExit);
  const exited = new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  }).finally(() => {
    process.off("exit", stopAtExit);
    clean?.();
  });
  const stop = () => stopProcess(child, exited);
  const outcome = await endingOnSignal(Promise.race([untilReady(child), exited, timeout(START_TIMEOUT_MS)]));
  if (outcome instanceof URL) return { exited, stop, url: outcome };
  await stop();
  throw new CausewayError("tool-failed", `Cannot start the site on ${options.runtime}: ${explain(outcome)}`, {
    remedy: "What it printed is above.",
  });
}

/** Until a site is served, nobody else listens for the signals that end us, and what we started with us. */
async function endingOnSignal<T>(work: Promise<T>): Promise<T> {
  const end = () => process.exit(130);
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, end);
  try {
    return await work;
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

function explain(outcome: number | "timeout"): string {
  return outcome === "timeout" ? "it did not answer in 30 seconds" : `it ended with exit code ${outcome}`;
}

const INVOCATIONS: Record<ProcessRuntime, (options: RuntimeProcessOptions) => Invocation> = {
  bun: (options) => ({
    command: findProgram("bun", options.root),
    args: [join(options.outDir, "bun.js")],
    env: serverEnvironment(options),
  }),
  deno: (options) => ({
    command: findProgram("deno", options.root),
    args: ["run", "-A", "--quiet", join(options.outDir, "deno.js")],
    env: { ...serverEnvironment(options), DENO_NO_UPDATE_CHECK: "1" },
  }),
  workerd: (options) => {
    const { command, args, env } = findWrangler(options.root);
    const file = Object.keys(options.env).length === 0 ? undefined : writeVariableFile(options.env);
    const variables = file === undefined ? [] : ["--env-file", file.path];
    const invocation = { command, args: [...args, ...wranglerArguments(options), ...variables], env };
    return file === undefined ? invocation : { ...invocation, clean: file.remove };
  },
};

/** What the entries of Bun and Deno read, as `dist/node.js` does. */
function serverEnvironment({ host, port, env, accessLog }: RuntimeProcessOptions): NodeJS.ProcessEnv {
  const address = { HOST: host, PORT: String(port) };
  const log = accessLog === true ? { CAUSEWAY_ACCESS_LOG: "1" } : {};
  const own = { CAUSEWAY_ENV: JSON.stringify(env), CAUSEWAY_STOP_WITH_STDIN: "1" };
  return { ...process.env, ...address, ...log, ...own };
}

function wranglerArguments({ outDir, host, port }: RuntimeProcessOptions): string[] {
  const address = ["--ip", host, "--port", String(port), "--inspector-port", "0"];
  const config = ["--config", workersConfigPath(outDir)];
  return ["dev", ...config, ...address, "--show-interactive-dev-session=false"];
}

/** Resolves at the ready line with its URL; what comes later is passed on, but not wrangler's own chatter. */
function untilReady(child: ChildProcess): Promise<URL> {
  return new Promise((resolve) => {
    if (child.stdout === null) return;
    let ready = false;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (ready && !WRANGLER_CHATTER.test(line)) process.stdout.write(`${line}\n`);
      const url = ready ? undefined : READY.exec(line)?.[0];
      if (url === undefined) return;
      ready = true;
      resolve(new URL(url));
    });
  });
}

function timeout(durationMs: number): Promise<"timeout"> {
  return new Promise((resolve) => {
    setTimeout(() => resolve("timeout"), durationMs).unref();
  });
}

async function stopProcess(child: ChildProcess, exited: Promise<number>): Promise<void> {
  signalGroup(child, "SIGTERM");
  await Promise.race([exited, timeout(STOP_TIMEOUT_MS)]);
  signalGroup(child, "SIGKILL");
  await exited;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what the signal was for.
  }
}
