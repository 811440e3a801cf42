// What has to happen now? Compares the workers that are wanted with those that are there. Decides, does nothing.

import type { SupervisorSettings } from "./settings.ts";
import { isOverMemory, type LeaveReason, passedLimit, type WorkerRow } from "./worker-table.ts";

export interface Wanted {
  workers: number;
  generation: number;
  stopping: boolean;
  /** How long a worker takes from its start until it serves. */
  bootMs: number;
}

export type Action =
  | { kind: "start" }
  | { kind: "drain"; row: WorkerRow; reason: LeaveReason }
  | { kind: "kill"; row: WorkerRow; reason: LeaveReason };

/** A worker may be this much late before its silence counts: the watchdog, which knows the stack, speaks first. */
const SILENCE_SLACK_MS = 1_800;
/** A replacement may take longer than the last worker did, and what is known of a worker is this old. */
const REPORT_SLACK_MS = 500;
/** After its own limit a draining worker gets this long to end by itself. */
const DRAIN_SLACK_MS = 1_000;

/** The next actions. `mayStart` is false while crashes demand patience. */
export function planActions(
  rows: readonly WorkerRow[],
  wanted: Wanted,
  settings: SupervisorSettings,
  mayStart: boolean,
  now: number,
): Action[] {
  const kills = rows.flatMap((row) => planKill(row, settings, now));
  if (wanted.stopping) return [...kills, ...rows.flatMap(planStop)];
  const drains = planDrains(rows, wanted, settings, now);
  const leaving = new Set(drains.map(({ row }) => row));
  const staying = rows.filter((row) => !leaving.has(row));
  return [...kills, ...drains, ...(mayStart ? planStarts(staying, wanted, settings, now) : [])];
}

function planKill(row: WorkerRow, settings: SupervisorSettings, now: number): Action[] {
  if (row.killed) return [];
  const reason = killReason(row, settings, now);
  return reason === undefined ? [] : [{ kind: "kill", row, reason }];
}

function killReason(row: WorkerRow, settings: SupervisorSettings, now: number): LeaveReason | undefined {
  if (settings.killRssBytes > 0 && (row.residentBytes ?? 0) > settings.killRssBytes) return "kill-rss";
  if (row.state === "starting") return now - row.startedAt > settings.bootLimitMs ? "boot-limit" : undefined;
  if (now - row.heardAt > settings.deadlineMs + SILENCE_SLACK_MS) return "silent";
  if (row.drainingAt === undefined) return undefined;
  return now - row.drainingAt > settings.drainLimitMs + DRAIN_SLACK_MS ? "drain-limit" : undefined;
}

/** A worker that is still loading serves nobody, so there is nothing to wait for. */
function planStop(row: WorkerRow): Action[] {
  if (row.state === "ready") return [{ kind: "drain", row, reason: "stop" }];
  return row.state === "starting" && !row.killed ? [{ kind: "kill", row, reason: "stop" }] : [];
}

/**
 * Workers beyond the wanted number leave: first those that are replaced, then the oldest. One that has passed its
 * memory limit before its replacement was ready leaves all the same, if others serve meanwhile.
 */
function planDrains(
  rows: readonly WorkerRow[],
  wanted: Wanted,
  settings: SupervisorSettings,
  now: number,
): Extract<Action, { kind: "drain" }>[] {
  const serving = rows.filter((row) => row.state === "ready");
  const over = serving.filter(isOverMemory);
  const surplus = Math.max(serving.length - wanted.workers, Math.min(over.length, serving.length - 1));
  if (surplus <= 0) return [];
  const reasons = new Map(serving.map((row) => [row, replacementReason(row, wanted, settings, now)]));
  const leavers = [
    ...over,
    ...serving.filter((row) => reasons.get(row) !== undefined && !over.includes(row)),
    ...serving.filter((row) => reasons.get(row) === undefined),
  ];
  return leavers
    .slice(0, surplus)
    .map((row) => ({ kind: "drain", row, reason: reasons.get(row) ?? "scale" }));
}

/**
 * Missing workers start together; replacements one after the other, each ready before the old one leaves. Memory
 * does not wait for its turn.
 */
function planStarts(
  rows: readonly WorkerRow[],
  wanted: Wanted,
  settings: SupervisorSettings,
  now: number,
): Action[] {
  const serving = rows.filter((row) => row.state === "ready");
  const starting = rows.filter((row) => row.state === "starting" && !row.killed);
  const missing = Math.max(0, wanted.workers - serving.length);
  const reasons = serving.flatMap((row) => replacementReason(row, wanted, settings, now) ?? []);
  const urgent = reasons.filter((reason) => reason === "max-rss").length;
  const together = Math.max(missing + urgent, Math.min(1, reasons.length));
  return Array.from({ length: Math.max(0, together - starting.length) }, () => ({ kind: "start" }));
}

/** Why a serving worker needs a replacement. */
export function replacementReason(
  row: WorkerRow,
  wanted: Wanted,
  settings: SupervisorSettings,
  now: number,
): LeaveReason | undefined {
  if (row.generation !== wanted.generation) return "reload";
  return passedLimit(row, settings, now, 2 * wanted.bootMs + REPORT_SLACK_MS);
}
