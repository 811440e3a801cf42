// Starts the entry of a build as a process whose number is known.

import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";

export const SERVER_RUNTIMES = ["node", "bun", "deno"] as const;
export type ServerRuntime = (typeof SERVER_RUNTIMES)[number];

export interface StartedBuild {
  origin: string;
  pid: number;
  /** SIGKILL. */
  stop(): Promise<void>;
}

const BIN = resolve(import.meta.dirname, "../../node_modules/.bin");

/** Resolves when the build in `dist` is served. */
export async function startBuild(
  dist: string,
  runtime: ServerRuntime,
  env: Record<string, string> = {},
): Promise<StartedBuild> {
  const entry = join(dist, `${runtime}.js`);
  const commands: Record<ServerRuntime, [string, ...string[]]> = {
    node: [process.execPath, entry],
    bun: [join(BIN, "bun"), entry],
    deno: [join(BIN, "deno"), "run", "-A", "--quiet", entry],
  };
  const [command, ...args] = commands[runtime];
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: "0", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // The programs of the packages are scripts that start the runtime: the whole group ends.
    detached: true,
  });
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  const origin = await untilServed(child, exited);
  return {
    origin,
    pid: child.pid as number,
    async stop() {
      process.kill(-(child.pid as number), "SIGKILL");
      await exited;
    },
  };
}

function untilServed(child: ChildProcess, exited: Promise<void>): Promise<string> {
  let output = "";
  return new Promise((ready, fail) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const found = /is served on (http:\S+)/.exec(output)?.[1];
      if (found !== undefined) ready(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    exited.then(() => fail(new Error(`It ended:\n${output}`)));
  });
}
