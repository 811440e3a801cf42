// Reads what is borne from slow or verbose clients.

import type { ClientSettings } from "../contract/guards.ts";
import { type ConfigPath, type ConfigReader, formatPath } from "./causeway-config-values.ts";

const KEYS = [
  "headerTimeout",
  "keepAlive",
  "maxHeaderSize",
  "maxHeaders",
  "minBodyRate",
  "bodyWindow",
] as const;

/** Reads `clients`; undefined where there is none. */
export function readClients(reader: ConfigReader, value: unknown): ClientSettings | undefined {
  const path = ["clients"];
  const table = value === undefined ? undefined : reader.table(value, path, KEYS);
  if (table === undefined) return undefined;
  const settings = {
    headerTimeoutMs: reader.duration(table.headerTimeout, [...path, "headerTimeout"]),
    keepAliveMs: reader.duration(table.keepAlive, [...path, "keepAlive"]),
    maxHeaderBytes: reader.size(table.maxHeaderSize, [...path, "maxHeaderSize"]),
    maxHeaderCount: reader.number(table.maxHeaders, [...path, "maxHeaders"], { from: 1, to: 10_000 }),
    minBodyBytesPerSecond: readRate(reader, table.minBodyRate, [...path, "minBodyRate"]),
    bodyWindowMs: reader.duration(table.bodyWindow, [...path, "bodyWindow"]),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, setting]) => setting !== undefined));
}

function readRate(reader: ConfigReader, value: unknown, path: ConfigPath): number | undefined {
  if (value === undefined || value === 0) return value;
  const text = typeof value === "string" ? /^(.+)\/s$/.exec(value)?.[1] : undefined;
  if (text !== undefined) return reader.size(text, path);
  return reader.note(
    path,
    `${formatPath(path)} must be a size in a second`,
    'Write for example "500B/s", or 0.',
  );
}
