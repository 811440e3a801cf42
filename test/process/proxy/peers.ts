// Starts real programs beside Causeway, waits until they listen, and ends them.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A started program. */
export interface Peer {
  process: ChildProcess;
  /** Ends it and waits. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The path of a program that is installed, or undefined. */
export function findProgram(...names: string[]): string | undefined {
  for (const name of names) {
    for (const folder of [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"]) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/** Whether Python can import a module. */
export function hasPythonModule(name: string): boolean {
  try {
    execFileSync("/usr/bin/python3", ["-c", `import ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Starts a program that keeps running, and resolves when it listens. */
export async function startPeer(program: string, args: string[], listensOn: number | string): Promise<Peer> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout?.on("data", (text) => (output += text));
  child.stderr?.on("data", (text) => (output += text));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const peer: Peer = {
    process: child,
    async stop(signal = "SIGKILL") {
      child.kill(signal);
      await exited;
    },
  };
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await isListening(listensOn)) return peer;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await peer.stop();
  throw new Error(`${program} does not listen on ${listensOn}:\n${output}`);
}

function isListening(target: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof target === "number" ? connect(target, "127.0.0.1") : connect(target);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

/** A port that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder that is gone after the test. */
export async function createFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "causeway-proxy-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
