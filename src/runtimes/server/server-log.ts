// The log of a server process: lines on standard error, source-mapped stacks.

import process from "node:process";
import type { LogSink } from "../../contract/platform.ts";
import { createLineLog, type LogFormat } from "../../observe/line-log.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";

/** Lines for people on a terminal, JSON where a machine reads along. */
export function createServerLog(format: LogFormat = process.stderr.isTTY ? "text" : "json"): LogSink {
  return createLineLog((line) => process.stderr.write(`${line}\n`), { format, clock: SYSTEM_CLOCK });
}
