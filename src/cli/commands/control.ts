// `causeway reload`, `scale` and `stop`: orders to a running application server.

import { setTimeout as sleep } from "node:timers/promises";
import { CausewayError } from "../../contract/errors.ts";
import { askReload, askScale, askStop, fetchStatus } from "../../runtimes/app-server/control-client.ts";
import { findControl } from "../find-control.ts";
import type { Output } from "../output.ts";
import { parseCount } from "../parse-amount.ts";
import type { CommandLine } from "../parse-arguments.ts";

/** How often `stop` looks whether the server is gone. */
const LOOK_EVERY_MS = 100;

/** Ends when the new workers serve, or fails with what kept them from it. */
export async function runReload(line: CommandLine, output: Output): Promise<void> {
  const status = await askReload(await findControl(line));
  if (!("sites" in status)) {
    output.result(`Serving build ${status.build}`, { event: "reloaded", build: status.build });
    return;
  }
  const failing = status.sites.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
  const text = `Serving ${status.sites.length - failing.length} of ${status.sites.length} sites`;
  const others = failing.length === 0 ? "" : `; not ${failing.join(", ")}`;
  output.result(`${text}${others}`, { event: "reloaded", sites: status.sites.length, failing });
}

export async function runScale(line: CommandLine, output: Output): Promise<void> {
  const workers = parseCount(line.operand ?? "");
  if (workers === undefined || workers === 0) {
    throw new CausewayError("bad-usage", `Cannot scale to "${line.operand ?? ""}" workers`, {
      remedy: "Write a number of 1 or more, and it first: causeway scale 4 [directory].",
    });
  }
  await askScale(await findControl(line), workers);
  output.result(`${workers} ${workers === 1 ? "worker" : "workers"} wanted`, { event: "scaled", workers });
}

/** Ends when the master is gone; of one site among many, when its processes are. */
export async function runStop(line: CommandLine, output: Output): Promise<void> {
  const target = await findControl(line);
  const { pid } = await fetchStatus({ path: target.path });
  const { stopped } = await askStop(target, line.options.flags.has("force"));
  while (stopped !== true && isAlive(pid)) await sleep(LOOK_EVERY_MS);
  output.result("Stopped", { event: "stopped", ...(stopped === true ? { site: target.site } : { pid }) });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
