// `causeway top`: the state of a running application server, every second, until Ctrl-C or until it ends.

import { setTimeout as sleep } from "node:timers/promises";
import { fetchStatus } from "../../runtimes/app-server/control-client.ts";
import { findControl } from "../find-control.ts";
import { formatState } from "../format-sites.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";

const EVERY_MS = 1_000;
/** Cursor to the top left, then clear to the end of the screen. */
const REDRAW = "\x1b[H\x1b[J";

export async function runTop(line: CommandLine, output: Output): Promise<void> {
  const target = await findControl(line);
  const redraw = process.stdout.isTTY ? REDRAW : "";
  for (;;) {
    const status = await fetchStatus(target);
    output.result(`${redraw}${formatState(status)}`, { ...status });
    await sleep(EVERY_MS);
  }
}
