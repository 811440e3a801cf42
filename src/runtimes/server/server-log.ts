// The log of a server process: lines on standard error, source-mapped stacks.

import process from "node:process";
import type { LogSink } from "../../contract/platform.ts";
import { createLineLog, describeError, type LogFormat } from "../../observe/line-log.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { createStackMapper } from "./map-stack.ts";

/** Lines for people on a terminal, JSON where a machine reads along. */
export function createServerLog(format: LogFormat = process.stderr.isTTY ? "text" : "json"): LogSink {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  if (process.versions.bun === undefined) return createLineLog(write, { format, clock: SYSTEM_CLOCK });
  // Node and Deno map stacks themselves.
  const mapStack = createStackMapper();
  const formatError = (error: unknown) => mapStack(describeError(error));
  return createLineLog(write, { format, clock: SYSTEM_CLOCK, formatError });
}
