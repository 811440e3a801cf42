// Starts a build as a real process of each runtime and tells where it listens.

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

export const RUNTIMES = ["node", "bun", "deno", "workerd"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];
/** Those with a server of ours. */
export const SERVER_RUNTIMES = ["node", "bun", "deno"] as const;

export interface LaunchedSite {
  runtime: RuntimeName;
  origin: URL;
  /** What the process printed so far, both streams. */
  output(): string;
  stop(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");

const COMMANDS: Record<Exclude<RuntimeName, "workerd">, (dist: string) => [string, string[]]> = {
  node: (dist) => [process.execPath, [join(dist, "node.js"), "--port", "0"]],
  bun: (dist) => [join(BIN, "bun"), [join(dist, "bun.js"), "--port", "0"]],
  deno: (dist) => [join(BIN, "deno"), ["run", "-A", join(dist, "deno.js"), "--port", "0"]],
};

const START_TIMEOUT_MS = 30_000;

/** Starts the entry of `runtime` in a `dist/` directory. */
export async function launch(runtime: RuntimeName, dist: string): Promise<LaunchedSite> {
  if (runtime === "workerd") return launchWorkerd(dist);
  const [command, args] = COMMANDS[runtime](dist);
  return watch(
    runtime,
    spawn(command, args, { cwd: dist, env: childEnvironment(), stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/** workerd as everybody runs it: `wrangler dev` on the configuration that the build wrote. */
async function launchWorkerd(dist: string): Promise<LaunchedSite> {
  const address = ["--ip", "127.0.0.1", "--port", String(await freePort()), "--inspector-port", "0"];
  const args = [
    "dev",
    "--config",
    join(dist, "wrangler.json"),
    ...address,
    "--show-interactive-dev-session=false",
  ];
  const env = {
    ...childEnvironment(),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    CI: "true",
  };
  // A group of its own: wrangler starts workerd, and both must go.
  return watch(
    "workerd",
    spawn(join(BIN, "wrangler"), args, { cwd: dist, env, detached: true, stdio: ["ignore", "pipe", "pipe"] }),
  );
}

function childEnvironment(): NodeJS.ProcessEnv {
  const { PORT: _port, HOST: _host, ...rest } = process.env;
  return {
    ...rest,
    DENO_NO_UPDATE_CHECK: "1",
    DENO_NO_PROMPT: "1",
    NO_COLOR: "1",
    MINIFLARE_CONTAINER_EGRESS: "0",
  };
}

function watch(runtime: RuntimeName, child: ChildProcess): Promise<LaunchedSite> {
  let output = "";
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const signal = (name: NodeJS.Signals) =>
      runtime === "workerd" ? process.kill(-(child.pid as number), name) : child.kill(name);
    signal("SIGTERM");
    const timer = setTimeout(() => signal("SIGKILL"), 3_000);
    await exited;
    clearTimeout(timer);
  };
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${runtime} did not start:\n${output}`)), START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /(?:Ready on|is served on) (http:\/\/[\w.:[\]-]+:\d+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      done({ runtime, origin: new URL(url.replace("localhost", "127.0.0.1")), output: () => output, stop });
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", fail);
    exited.then(() => {
      clearTimeout(timer);
      fail(new Error(`${runtime} ended before it listened:\n${output}`));
    });
  });
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
