// The process table: one row per worker, from its start to its end.

import type { WorkerProcess, WorkerReport } from "../contract/process-host.ts";
import { JITTER_SHARE, type SupervisorSettings } from "./settings.ts";

/** Why a worker is replaced or ended. */
export type LeaveReason =
  | "reload"
  | "scale"
  | "stop"
  | "max-requests"
  | "max-lifetime"
  | "max-rss"
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
}

export interface OwnLimits {
  maxRequests: number;
  maxLifetimeMs: number;
}

/** Draws a worker's limits; `random` yields numbers from 0 to 1. */
export function drawLimits(settings: SupervisorSettings, random: () => number): OwnLimits {
  const spread = (limit: number) => Math.round(limit * (1 - JITTER_SHARE * random()));
  return { maxRequests: spread(settings.maxRequests), maxLifetimeMs: spread(settings.maxLifetimeMs) };
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
  };
}

/** The limit that a worker has passed and for which it must be replaced; undefined if it may stay. */
export function passedLimit(row: WorkerRow, maxRssBytes: number, now: number): LeaveReason | undefined {
  const { limits, report, readyAt } = row;
  const over = (limit: number, value: number | undefined) =>
    limit > 0 && value !== undefined && value >= limit;
  if (over(maxRssBytes, report?.rssBytes)) return "max-rss";
  if (over(limits.maxRequests, report?.requests)) return "max-requests";
  if (over(limits.maxLifetimeMs, readyAt === undefined ? undefined : now - readyAt)) return "max-lifetime";
  return undefined;
}

/** How a process ended, in words. */
export function describeExit(code: number | null, signal: string | null): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
