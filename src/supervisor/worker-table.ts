// The process table: one row per worker, from its start to its end.

import type { WorkerProcess, WorkerReport } from "../contract/process-host.ts";
import { CpuWindow } from "./cpu-window.ts";
import { MemoryTrend } from "./memory-trend.ts";
import { JITTER_SHARE, type SupervisorSettings } from "./settings.ts";

/** Why a worker is replaced or ended. */
export type LeaveReason =
  | "reload"
  | "scale"
  | "stop"
  | "max-requests"
  | "max-lifetime"
  | "max-rss"
  | "max-cpu"
  | "kill-rss"
  | "signal"
  | "hung"
  | "silent"
  | "boot-limit"
  | "drain-limit";

export type WorkerState = "starting" | "ready" | "draining";

export interface WorkerRow {
  readonly id: number;
  readonly generation: number;
  readonly process: WorkerProcess;
  /** Monotonic milliseconds, as all times here. */
  readonly startedAt: number;
  /** This worker's own limits, jitter included. */
  readonly limits: OwnLimits;
  state: WorkerState;
  readyAt: number | undefined;
  drainingAt: number | undefined;
  leaving: LeaveReason | undefined;
  /** The supervisor ended it by force. */
  killed: boolean;
  report: WorkerReport | undefined;
  heardAt: number;
  readonly cpu: CpuWindow;
  readonly memory: MemoryTrend;
  /** Resident memory as the host measures it; undefined unless there is a ceiling to keep. */
  residentBytes: number | undefined;
}

export interface OwnLimits {
  maxRequests: number;
  maxLifetimeMs: number;
  maxRssBytes: number;
}

/** Draws a worker's limits; `random` yields numbers from 0 to 1. */
export function drawLimits(settings: SupervisorSettings, random: () => number): OwnLimits {
  const spread = (limit: number) => Math.round(limit * (1 - JITTER_SHARE * random()));
  const { maxRequests, maxLifetimeMs, maxRssBytes } = settings;
  return {
    maxRequests: spread(maxRequests),
    maxLifetimeMs: spread(maxLifetimeMs),
    maxRssBytes: spread(maxRssBytes),
  };
}

/** A row for a worker that was just started. */
export function createRow(
  id: number,
  generation: number,
  process: WorkerProcess,
  limits: OwnLimits,
  now: number,
): WorkerRow {
  return {
    id,
    generation,
    process,
    limits,
    startedAt: now,
    state: "starting",
    readyAt: undefined,
    drainingAt: undefined,
    leaving: undefined,
    killed: false,
    report: undefined,
    heardAt: now,
    cpu: new CpuWindow(),
    memory: new MemoryTrend(),
    residentBytes: undefined,
  };
}

/** Whether a worker holds more memory than it may. */
export function isOverMemory({ limits, report }: WorkerRow): boolean {
  return limits.maxRssBytes > 0 && report !== undefined && report.rssBytes >= limits.maxRssBytes;
}

/** Below this share of its limit a worker's growth is taken for that of its youth. */
const GROWTH_COUNTS_FROM = 0.5;

/**
 * The limit that a worker has passed, or will have passed when a replacement is ready `aheadMs` from now;
 * undefined if it may stay.
 */
export function passedLimit(
  row: WorkerRow,
  { maxCpuShare }: Pick<SupervisorSettings, "maxCpuShare">,
  now: number,
  aheadMs: number,
): LeaveReason | undefined {
  const { limits, report, readyAt } = row;
  const over = (limit: number, value: number | undefined) =>
    limit > 0 && value !== undefined && value >= limit;
  const rssBytes = report?.rssBytes ?? 0;
  const counts = rssBytes >= limits.maxRssBytes * GROWTH_COUNTS_FROM;
  if (over(limits.maxRssBytes, counts ? row.memory.expected(aheadMs) : rssBytes)) return "max-rss";
  if (over(maxCpuShare, row.cpu.share)) return "max-cpu";
  if (over(limits.maxRequests, report?.requests)) return "max-requests";
  if (over(limits.maxLifetimeMs, readyAt === undefined ? undefined : now - readyAt)) return "max-lifetime";
  return undefined;
}

/** How a process ended, in words. */
export function describeExit(code: number | null, signal: string | null): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/** A worker that takes memory without a pause reports nothing: the host is asked. */
export function measureMemory(rows: Iterable<WorkerRow>): void {
  for (const row of rows) row.residentBytes = row.process.residentBytes() ?? row.report?.rssBytes;
}
