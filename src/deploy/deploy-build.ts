// Hands a build to `wrangler deploy`.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { workersConfigPath } from "../config/workers-config.ts";
import { findWrangler } from "../config/wrangler-program.ts";
import { CausewayError } from "../contract/errors.ts";

export interface DeployOptions {
  /** The project, whose own wrangler is preferred. */
  root: string;
  outDir: string;
  /** Stop before the upload: needs neither an account nor a network. */
  dryRun: boolean;
  /** Further arguments for wrangler, as they are. */
  args: readonly string[];
  /** Gets what wrangler prints on standard output. */
  onLine(line: string): void;
}

export interface Deployment {
  /** What is uploaded, in wrangler's words: `40.21 KiB / gzip: 11.07 KiB`. */
  uploadSize: string | undefined;
}

const UPLOAD_SIZE = /Total Upload: (.+)$/;

/** Runs wrangler, without a shell; throws `tool-failed` if it fails. */
export async function deployBuild({
  root,
  outDir,
  dryRun,
  args,
  onLine,
}: DeployOptions): Promise<Deployment> {
  const wrangler = findWrangler(root);
  const own = ["deploy", "--config", workersConfigPath(outDir), ...(dryRun ? ["--dry-run"] : []), ...args];
  const child = spawn(wrangler.command, [...wrangler.args, ...own], {
    cwd: root,
    env: wrangler.env,
    stdio: ["inherit", "pipe", "inherit"],
  });
  let uploadSize: string | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    uploadSize ??= UPLOAD_SIZE.exec(line)?.[1];
    onLine(line);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  if (code === 0) return { uploadSize };
  throw new CausewayError("tool-failed", `Cannot deploy: wrangler ended with exit code ${code}`, {
    remedy: "What it printed is above.",
  });
}
