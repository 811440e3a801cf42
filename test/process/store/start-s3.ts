// Starts the S3-compatible server of the tests, and the variables by which the command line finds it.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface S3Process {
  url: string;
  port: number;
  /** One line for each request: method, target, status, note. */
  requests(): string[];
  /** SIGKILL: what a machine that dies looks like. */
  kill(): Promise<void>;
}

export const BUCKET = "bucket";
export const REGION = "eu-central-1";
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "a/secret+of=tests" };

const running = new Set<ChildProcess>();
const PROGRAM = join(import.meta.dirname, "s3-server.ts");

/** Objects lie in `root`, so that a server that is started again has them. */
export async function startS3(root: string, settings: Record<string, string> = {}): Promise<S3Process> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = CREDENTIALS;
  const env = {
    PATH: process.env.PATH,
    S3_ROOT: root,
    S3_BUCKET: BUCKET,
    S3_REGION: REGION,
    S3_KEY_ID: AWS_ACCESS_KEY_ID,
    S3_SECRET: AWS_SECRET_ACCESS_KEY,
    ...settings,
  };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      const found = /^S3 on (\S+)$/m.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error(`The S3 server ended:\n${output}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    requests: () =>
      output
        .split("\n")
        .slice(1)
        .filter((line) => line !== ""),
    kill: () => end(child),
  };
}

/** Ends every server that still runs. */
export async function stopS3(): Promise<void> {
  await Promise.all([...running].map(end));
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await exited;
}
