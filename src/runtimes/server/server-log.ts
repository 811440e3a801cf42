// The log of a server process: lines on standard error, source-mapped stacks.

import process from "node:process";
import type { LogSink } from "../../contract/platform.ts";
import { createLineLog, describeError, type FormatError, type LogFormat } from "../../observe/line-log.ts";
import { createLineWriter } from "../app-server/line-writer.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { createStackMapper } from "./map-stack.ts";

const STDERR = 2;

/** Lines for people on a terminal, JSON where a machine reads along. */
export function createServerLog(format: LogFormat = process.stderr.isTTY ? "text" : "json"): LogSink {
  const options = { format, clock: SYSTEM_CLOCK, ...errorFormat() };
  if (format === "text") return createLineLog((line) => process.stderr.write(`${line}\n`), options);
  const writer = createLineWriter(STDERR);
  process.on("exit", () => writer.flush());
  const lines = createLineLog((line) => writer.write(line), options);
  return {
    access: lines.access,
    // Requests come by the thousand and can wait for each other; what goes wrong is told at once.
    error(...args) {
      lines.error(...args);
      writer.flush();
    },
    warn(...args) {
      lines.warn(...args);
      writer.flush();
    },
  };
}

/** Node and Deno map stacks themselves. */
function errorFormat(): { formatError?: FormatError } {
  if (process.versions.bun === undefined) return {};
  const mapStack = createStackMapper();
  return { formatError: (error) => mapStack(describeError(error)) };
}
