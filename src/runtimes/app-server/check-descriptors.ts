// May this process open enough files? Each connection is one, and a server that runs out accepts nobody.

import { readFile } from "node:fs/promises";
import type { LogSink } from "../../contract/platform.ts";

/** Beside connections a worker has some files open: libraries, pipes, assets that are being read. */
const RESERVE = 64;

/** Warns where a worker could not hold the connections that its backlog allows, each with a file to send. */
export async function checkDescriptors(backlog: number, log: LogSink): Promise<void> {
  const limit = await readLimit();
  const wanted = 2 * backlog + RESERVE;
  if (limit === undefined || limit >= wanted) return;
  log.warn("The limit of open files is low", {
    limit,
    wanted,
    remedy: "Raise it (ulimit -n, LimitNOFILE= of systemd), or lower --backlog.",
  });
}

/** Node has raised the soft limit to the hard one by now. Undefined where the system does not tell. */
async function readLimit(): Promise<number | undefined> {
  const text = await readFile("/proc/self/limits", "utf8").catch(() => "");
  const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return soft === undefined ? undefined : Number(soft);
}
