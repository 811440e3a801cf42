// A LogSink that writes lines: one per request or error, as text for people or JSON for machines.

import type { AccessRecord, Clock, LogSink } from "../contract/platform.ts";
import { formatAccessJson } from "./access-json.ts";

export type LogFormat = "text" | "json";

/** What turns an error into text; runtimes with source maps give their own. */
export type FormatError = (error: unknown) => string;

/** Creates a sink over `writeLine`, which gets whole lines without the line feed. */
export function createLineLog(
  writeLine: (line: string) => void,
  options: { format: LogFormat; clock: Clock; formatError?: FormatError },
): LogSink {
  const { format, clock, formatError = describeError } = options;
  const emit = (level: string, message: string, fields: Record<string, unknown>, detail?: string) => {
    if (format === "text") return writeLine(formatText(level, message, fields, detail));
    const error = detail === undefined ? {} : { error: detail };
    writeLine(
      JSON.stringify({ time: new Date(clock.now()).toISOString(), level, message, ...fields, ...error }),
    );
  };
  return {
    access(record) {
      writeLine(format === "text" ? formatAccess(record) : formatAccessJson(record, clock.now()));
    },
    error(message, error, fields = {}) {
      emit("error", message, fields, formatError(error));
    },
    warn(message, fields = {}) {
      emit("warn", message, fields);
    },
  };
}

/** A sink that keeps nothing. */
export const SILENT_LOG: LogSink = { access() {}, error() {}, warn() {} };

/** The stack of an error and of its causes, or the value itself if it is none. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown value: ${safeString(error)}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nCaused by: ${describeError(error.cause)}`;
}

function safeString(value: unknown): string {
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function formatAccess({ method, target, status, durationMs }: AccessRecord): string {
  return `${status} ${method} ${escapeControls(target)} ${round(durationMs)} ms`;
}

function formatText(
  level: string,
  message: string,
  fields: Record<string, unknown>,
  detail?: string,
): string {
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${escapeControls(String(value))}`);
  return `${level}: ${message}${pairs.join("")}${detail === undefined ? "" : formatDetail(detail)}`;
}

/** What an error says may come from a client: its lines are indented, so that none looks like one of the log. */
function formatDetail(detail: string): string {
  return detail
    .split("\n")
    .map((line) => `\n  ${escapeControls(line)}`)
    .join("");
}

/** Nothing that a client sends may start a line of its own in a log, or give orders to a terminal. */
function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
