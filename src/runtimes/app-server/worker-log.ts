// The log of one worker among several that share standard error.

import type { LogSink } from "../../contract/platform.ts";
import { createLineLog, describeError, type LogFormat } from "../../observe/line-log.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { createLineWriter } from "./line-writer.ts";

export interface WorkerLog extends LogSink {
  /** First line of the last error. */
  lastError(): string | undefined;
  flush(): void;
}

/** A record must fit into one piece of a pipe, with its other fields. */
const MAX_STACK_LENGTH = 3_000;
const STDERR = 2;

/** Lines with the worker's number and, among several, the site's name: for people on a terminal, JSON where a machine reads along. */
export function createWorkerLog(
  worker: number,
  site?: string,
  format: LogFormat = process.stderr.isTTY ? "text" : "json",
): WorkerLog {
  const writer = createLineWriter(STDERR);
  const formatError = (error: unknown) => describeError(error).slice(0, MAX_STACK_LENGTH);
  const lines = createLineLog((line) => writer.write(line), { format, clock: SYSTEM_CLOCK, formatError });
  const origin = site === undefined ? { worker } : { site, worker };
  let lastError: string | undefined;
  return {
    lastError: () => lastError,
    flush: () => writer.flush(),
    access(record) {
      Object.assign(record, origin);
      lines.access(record);
    },
    error(message, error, fields) {
      lastError = `${message}: ${describeError(error).split("\n", 1)[0]}`.slice(0, 200);
      lines.error(message, error, { ...fields, ...origin });
    },
    warn(message, fields) {
      lines.warn(message, { ...fields, ...origin });
    },
  };
}
