// A route on its way from one that answers to another: compared in the shadow, then moved client by client.

import type { Handler } from "../../contract/handler.ts";
import { formatRoute, type MigrationTarget } from "../../contract/migration.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { RoutingRule } from "../../contract/routing.ts";
import { createLogLedger } from "../../migration/log-ledger.ts";
import { serveCutover } from "../../migration/serve-cutover.ts";
import { serveShadowed } from "../../migration/serve-shadowed.ts";
import type { EdgeServices } from "../edge-context.ts";

/** Makes the handler that runs an action, with its mishaps in a log. */
export type ActionHandler = (action: MigrationTarget, log: LogSink) => Handler;

/** `first` as it stands, or with what `shadow` says in front of it. */
export function shadowRoute(
  rule: RoutingRule,
  first: Handler,
  handlerOf: ActionHandler,
  { platform }: EdgeServices,
): Handler {
  const { shadow } = rule;
  if (shadow === undefined) return first;
  const second = handlerOf(shadow.to, asShadowLog(platform.log));
  return serveShadowed(first, second, shadow, { route: formatRoute(rule.when), ledger: ledgerOf(platform) });
}

/** `first` as it stands, or with what `cutover` says in front of it; `share` puts a cache before the other one. */
export function moveRoute(
  rule: RoutingRule,
  first: Handler,
  handlerOf: ActionHandler,
  share: (handler: Handler) => Handler,
  { platform }: EdgeServices,
): Handler {
  const { cutover } = rule;
  if (cutover === undefined) return first;
  const { log } = platform;
  const other = share(handlerOf(cutover.to, log));
  return serveCutover(first, other, cutover, {
    route: formatRoute(rule.when),
    ledger: ledgerOf(platform),
    log,
  });
}

function ledgerOf({ migrations, log }: EdgeServices["platform"]) {
  return migrations ?? createLogLedger(log);
}

/** Nobody waits for the answer of a shadow run: the log must not read as if a request had failed. */
function asShadowLog(log: LogSink): LogSink {
  return {
    access: () => {},
    error: (_message, error, fields) => log.error("A shadow run failed", error, fields),
    warn: (message, fields) => log.warn(message, { ...fields, shadow: true }),
  };
}
