// Reads what an upstream says about failing: limits of waiting, health, circuit breaker, retries.

import type {
  ActiveHealthSettings,
  CircuitBreakerSettings,
  PassiveHealthSettings,
  RetrySettings,
  TimeoutSettings,
} from "../contract/routing.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

const HEALTH_KEYS = ["maxFails", "failTimeout", "slowStart", "failureStatuses", "check"] as const;

/** How failures towards clients count. */
export function readPassiveHealth(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): PassiveHealthSettings {
  const table = value === undefined ? {} : (reader.table(value, path, HEALTH_KEYS) ?? {});
  const statuses = reader.list(table.failureStatuses, [...path, "failureStatuses"]);
  return {
    maxFails: reader.number(table.maxFails, [...path, "maxFails"]) ?? 1,
    failTimeoutMs: reader.duration(table.failTimeout, [...path, "failTimeout"]) ?? 10_000,
    slowStartMs: reader.duration(table.slowStart, [...path, "slowStart"]) ?? 0,
    failureStatuses: statuses.flatMap(
      (status, index) =>
        reader.number(status, [...path, "failureStatuses", index], { from: 200, to: 599 }) ?? [],
    ),
  };
}

/** Checks at intervals; undefined where none are wanted. */
export function readActiveHealth(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): ActiveHealthSettings | undefined {
  if (!isTable(value) || value.check === undefined) return undefined;
  const at = [...path, "check"];
  const keys = ["path", "interval", "timeout", "healthyAfter", "unhealthyAfter", "statuses"];
  const table = reader.table(value.check, at, keys);
  const checked = reader.text(table?.path, [...at, "path"]);
  if (table === undefined) return undefined;
  if (!checked?.startsWith("/")) {
    return reader.note(
      [...at, "path"],
      `${formatPath([...at, "path"])} must be a path`,
      'Write for example "/health".',
    );
  }
  const [from, to] = reader.list(table.statuses, [...at, "statuses"]);
  const bounds = { from: 200, to: 599 };
  return {
    path: checked,
    intervalMs: Math.max(reader.duration(table.interval, [...at, "interval"]) ?? 5_000, 100),
    timeoutMs: reader.duration(table.timeout, [...at, "timeout"]) ?? 2_000,
    healthyAfter: reader.number(table.healthyAfter, [...at, "healthyAfter"], { from: 1 }) ?? 2,
    unhealthyAfter: reader.number(table.unhealthyAfter, [...at, "unhealthyAfter"], { from: 1 }) ?? 2,
    statuses: {
      from: reader.number(from, [...at, "statuses", 0], bounds) ?? 200,
      to: reader.number(to, [...at, "statuses", 1], bounds) ?? 399,
    },
  };
}

/** When a server is left alone; undefined for never. */
export function readCircuitBreaker(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): CircuitBreakerSettings | undefined {
  if (value === undefined || value === false) return undefined;
  const keys = ["failureRatio", "minimumRequests", "window", "open"];
  const table = value === true ? {} : (reader.table(value, path, keys) ?? {});
  return {
    failureRatio:
      reader.number(table.failureRatio, [...path, "failureRatio"], { from: 0.01, to: 1, whole: false }) ??
      0.5,
    minimumRequests: reader.number(table.minimumRequests, [...path, "minimumRequests"], { from: 1 }) ?? 20,
    windowMs: reader.duration(table.window, [...path, "window"]) ?? 10_000,
    openMs: reader.duration(table.open, [...path, "open"]) ?? 5_000,
  };
}

/** How often and how much is repeated. */
export function readRetries(reader: ConfigReader, value: unknown, path: ConfigPath): RetrySettings {
  if (value === false) return { attempts: 1, budgetRatio: 0, budgetMinimum: 0 };
  const keys = ["attempts", "budgetRatio", "budgetMinimum"];
  const table = value === undefined ? {} : (reader.table(value, path, keys) ?? {});
  return {
    attempts: reader.number(table.attempts, [...path, "attempts"], { from: 1, to: 100 }) ?? 5,
    budgetRatio: reader.number(table.budgetRatio, [...path, "budgetRatio"], { to: 1, whole: false }) ?? 0.2,
    budgetMinimum: reader.number(table.budgetMinimum, [...path, "budgetMinimum"]) ?? 100,
  };
}

/** The limit of each wait. */
export function readTimeouts(reader: ConfigReader, value: unknown, path: ConfigPath): TimeoutSettings {
  const table =
    value === undefined ? {} : (reader.table(value, path, ["connect", "firstByte", "idle", "total"]) ?? {});
  const read = (key: string, otherwise: number) => reader.duration(table[key], [...path, key]) ?? otherwise;
  return {
    connectMs: read("connect", 5_000),
    firstByteMs: read("firstByte", 60_000),
    idleMs: read("idle", 60_000),
    totalMs: read("total", 0),
  };
}
