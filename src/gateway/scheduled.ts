// Runs a Worker's `scheduled` handler (Workers docs, "Scheduled handler"): an export, or a method of its class.

import type { Env, GatewayContext } from "../contract/handler.ts";
import { createAssetsBinding } from "./assets-binding.ts";
import type { GatewayParts } from "./create-gateway.ts";
import { executionContext } from "./worker-application.ts";

/** What a handler learns about the time that has come. */
export interface ScheduledController {
  readonly type: "scheduled";
  /** The expression that was met. */
  readonly cron: string;
  /** Milliseconds since the epoch. */
  readonly scheduledTime: number;
  /** Without effect: nothing is retried here. */
  noRetry(): void;
}

/** Rejects with what the handler threw. */
export type ScheduledRunner = (
  due: Pick<ScheduledController, "cron" | "scheduledTime">,
  env: Env,
  context: GatewayContext,
) => Promise<void>;

type Scheduled = (controller: ScheduledController, env?: Env, context?: unknown) => unknown;

/** The handler of a site, if it has one. */
export function createScheduledRunner(parts: GatewayParts): ScheduledRunner | undefined {
  if (parts.site.application.kind !== "worker") return undefined;
  const { worker } = parts.bundle;
  const bind = (env: Env): Env => ({ ...env, [parts.assetsBinding]: createAssetsBinding(parts.fetchAsset) });
  if (hasScheduled(worker)) {
    return async (due, env, context) => {
      await worker.scheduled(createController(due), bind(env), executionContext(context));
    };
  }
  if (typeof worker !== "function" || !hasScheduled(worker.prototype)) return undefined;
  const Entrypoint = worker as unknown as new (context: unknown, env: Env) => { scheduled: Scheduled };
  return async (due, env, context) => {
    await new Entrypoint(executionContext(context), bind(env)).scheduled(createController(due));
  };
}

function hasScheduled(value: unknown): value is { scheduled: Scheduled } {
  if (typeof value !== "object" || value === null) return false;
  return "scheduled" in value && typeof value.scheduled === "function";
}

function createController(due: Pick<ScheduledController, "cron" | "scheduledTime">): ScheduledController {
  return { type: "scheduled", ...due, noRetry() {} };
}
