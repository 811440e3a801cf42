// The application server as its users run it: a build in a temporary folder, `causeway start --workers`.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { vi } from "vitest";
import { askReload, askScale, fetchStatus } from "../../src/runtimes/app-server/control-client.ts";
import type { ServerStatus } from "../../src/runtimes/app-server/status.ts";
import { controlPath } from "../../src/runtimes/server/control-path.ts";
import { buildSite } from "../conformance/build-site.ts";

// Every test here starts processes, which takes seconds where others do the same.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const BIN = resolve(import.meta.dirname, "../../lib/cli/bin.js");
const WAIT_LIMIT_MS = 30_000;
const START_LIMIT_MS = 60_000;

/** A project of a test's own, built. */
export interface TestSite {
  root: string;
  /** Changes a file of the project. */
  edit(file: string, change: (text: string) => string): Promise<void>;
  build(): Promise<void>;
  remove(): Promise<void>;
}

export async function createSite(name = "site"): Promise<TestSite> {
  const root = await mkdtemp(join(tmpdir(), "causeway-process-"));
  await cp(join(import.meta.dirname, name), root, { recursive: true });
  const build = () => buildSite(root, join(root, "dist"), ["node"]);
  await build();
  return {
    root,
    build,
    async edit(file, change) {
      const path = join(root, file);
      await writeFile(path, change(await readFile(path, "utf8")));
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export interface AppServer {
  origin: string;
  child: ChildProcess;
  output(): string;
  exited: Promise<number | null>;
  /** From the start of the command until it said that it serves. */
  bootMs: number;
  /** An absolute path after the name stands for another directory. */
  command(...args: string[]): Promise<{ code: number | null; output: string }>;
  /** What the commands of these names do, without a process for each. */
  status(): Promise<ServerStatus>;
  reload(): Promise<ServerStatus>;
  scale(workers: number): Promise<ServerStatus>;
  /** Ends it if it still runs. */
  stop(): Promise<void>;
}

/** Starts it and resolves when it says that it serves; rejects with what it printed if it ends before. */
export function startAppServer(site: Pick<TestSite, "root">, ...args: string[]): Promise<AppServer> {
  return startAppServerIn({}, site, ...args);
}

/** The same with variables of the environment. */
export async function startAppServerIn(
  env: Record<string, string>,
  { root }: Pick<TestSite, "root">,
  ...args: string[]
): Promise<AppServer> {
  const startedAt = performance.now();
  const child = run(["start", root, "--port", "0", ...args], env);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const exited = new Promise<number | null>((done) => child.once("exit", done));
  const ended = exited.then(() => {
    throw new Error(`It ended:\n${output}`);
  });
  ended.catch(() => {});
  const [, origin = ""] = await Promise.race([
    until(
      () => /(?:is|are) served on (\S+)/.exec(output) ?? undefined,
      "It said that it serves",
      START_LIMIT_MS,
    ),
    ended,
  ]).catch((error: unknown) => {
    // Nobody else knows of it: what did not say that it serves must not go on for ever.
    child.kill("SIGKILL");
    throw error;
  });
  const bootMs = performance.now() - startedAt;
  const given = args.indexOf("--control");
  // A directory of many sites has no build itself.
  const served = existsSync(join(root, "dist")) ? join(root, "dist") : root;
  const control = given < 0 ? await controlPath(served) : (args[given + 1] ?? "");
  const command = async (name: string, ...rest: string[]) => {
    const operand = name === "scale" ? [rest.shift() ?? ""] : [];
    const isElsewhere = rest[0]?.startsWith("/") === true;
    const place = isElsewhere ? (rest.shift() as string) : root;
    const other = run([name, ...operand, place, ...rest, ...controlOptions(rest, args)]);
    let text = "";
    for (const stream of [other.stdout, other.stderr]) stream?.on("data", (chunk) => (text += chunk));
    const code = await new Promise<number | null>((done) => other.once("close", done));
    return { code, output: text };
  };
  return {
    origin,
    child,
    exited,
    output: () => output,
    command,
    bootMs,
    status: () => fetchStatus({ path: control }) as Promise<ServerStatus>,
    reload: () => askReload({ path: control }) as Promise<ServerStatus>,
    scale: (workers) => askScale({ path: control }, workers),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), 8_000);
      await exited;
      clearTimeout(kill);
    },
  };
}

/** Commands speak to the server that was started here, unless they say otherwise. */
function controlOptions(given: string[], started: string[]): string[] {
  const index = started.indexOf("--control");
  return index < 0 || given.includes("--control") ? [] : started.slice(index, index + 2);
}

function run(args: string[], own: Record<string, string> = {}): ChildProcess {
  const { PORT: _port, HOST: _host, ...env } = process.env;
  return spawn(process.execPath, [BIN, ...args], {
    env: { ...env, ...own },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Waits until a condition holds and gives its value; fails with its name when that takes too long. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
  limitMs = WAIT_LIMIT_MS,
): Promise<T> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(20)) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`Not within ${limitMs} ms: ${what}`);
}

/** Whether a process runs; one that is dead but that nobody has buried does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
