// Which server of an upstream is asked? The one that a cookie binds to, else the balancing rule among those that
// may be asked, else a backup, else one that failed lately: better a try than a refusal.

import type { BalancedRequest, Policy } from "./balancing/policy.ts";
import type { StickyCookie } from "./balancing/sticky-cookie.ts";
import type { ServerState } from "./server-state.ts";

export interface PoolParts {
  servers: readonly ServerState[];
  policy: Policy;
  /** Another instance of the same rule, because backups take turns among themselves. */
  backupPolicy: Policy;
  sticky: StickyCookie | undefined;
}

/** The next server for a request; `tried` are those that it was sent to before. */
export function selectServer(
  { servers, policy, backupPolicy, sticky }: PoolParts,
  request: BalancedRequest,
  tried: ReadonlySet<ServerState>,
): ServerState | undefined {
  const bound = sticky?.find(request.headers);
  if (bound !== undefined && !tried.has(bound) && bound.isAvailable()) return bound;
  const untried = tried.size === 0 ? servers : servers.filter((server) => !tried.has(server));
  const open = untried.filter((server) => !server.drains && server.isAvailable());
  const primary = open.filter((server) => !server.settings.backup);
  if (primary.length > 0) return policy.select(primary, request);
  if (open.length > 0) return backupPolicy.select(open, request);
  const last = untried.filter((server) => server.isLastResort());
  return last.length > 0 ? policy.select(last, request) : undefined;
}
