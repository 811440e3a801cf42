// Runs the compiled `causeway` command as its users do, in temporary projects.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach } from "vitest";

export const BIN = resolve(import.meta.dirname, "../../lib/cli/bin.js");

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  output(): string;
  /** Resolves with the first match in what the process has printed, or fails when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  finished: Promise<Finished>;
}

const projects: string[] = [];
const processes = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...processes].map(end));
  for (const project of projects.splice(0)) rmSync(project, { recursive: true, force: true });
});

/** Asks first, so that the command can end what it started. */
async function end(child: ChildProcess): Promise<void> {
  const closed = new Promise((done) => child.once("close", done));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await closed;
  clearTimeout(timer);
}

/** Makes a temporary project; removed after the test. */
export function makeProject(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "causeway-cli-"));
  projects.push(root);
  for (const [name, text] of Object.entries(files)) writeFiles(root, name, text);
  return root;
}

export function writeFiles(root: string, name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

/** Starts the command; killed after the test if it still runs. */
export function startCli(
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Running {
  const { PORT: _port, HOST: _host, NO_COLOR: _plain, FORCE_COLOR: _colour, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.add(child);
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    notify();
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    notify();
  });
  const finished = new Promise<Finished>((done) => {
    child.once("close", (code) => {
      processes.delete(child);
      done({ code, stdout, stderr });
      notify();
    });
  });
  return {
    child,
    finished,
    output: () => stdout + stderr,
    printed: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          const match = pattern.exec(stdout + stderr);
          if (match === null && processes.has(child)) return;
          listeners.delete(look);
          if (match === null) fail(new Error(`It ended without printing ${pattern}:\n${stdout}${stderr}`));
          else done(match);
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Runs the command to its end. */
export function runCli(
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  return startCli(args, options).finished;
}
