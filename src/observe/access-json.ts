// An access record as a line of JSON. Written once per request, so by hand: texts that need no escapes, which is
// nearly all of them, are put between quotes as they are.

import type { AccessRecord } from "../contract/platform.ts";

/** A line must fit into one piece of a pipe (4096 bytes), though a character may take two. */
const MAX_TARGET_LENGTH = 1_500;
const MAX_FIELD_LENGTH = 200;

/** Requests come many to a millisecond, which is as fine as the time of a line is. */
let lastMs = Number.NaN;
let lastTime = "";

/** The line for a record that is written at a time of the wall clock. */
export function formatAccessJson(record: AccessRecord, nowMs: number): string {
  const { requestId, method, target, status, durationMs, bytes } = record;
  return (
    `{"time":"${formatTime(nowMs)}","level":"info","message":"request","requestId":${quote(requestId)}` +
    `,"method":${quote(method)},"target":${quote(clip(target, MAX_TARGET_LENGTH))},"status":${status}` +
    `,"durationMs":${Math.round(durationMs * 100) / 100},"bytes":${bytes}` +
    field("clientAddress", record.clientAddress) +
    field("route", record.route) +
    field("upstream", record.upstream) +
    field("cache", record.cache) +
    field("trace", record.trace) +
    field("site", record.site) +
    (record.worker === undefined ? "}" : `,"worker":${record.worker}}`)
  );
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? "" : `,"${name}":${quote(clip(value, MAX_FIELD_LENGTH))}`;
}

function clip(text: string, length: number): string {
  return text.length > length ? text.slice(0, length) : text;
}

/** Printable ASCII without quote and backslash stands for itself (RFC 8259 §7). */
function quote(text: string): string {
  return /[^\x20-\x21\x23-\x5b\x5d-\x7e]/.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function formatTime(nowMs: number): string {
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastTime = new Date(nowMs).toISOString();
  }
  return lastTime;
}
