// Asks servers at intervals whether they are well, so that a dead one is left out before a client meets it and a
// recovered one comes back.

import type { ActiveHealthSettings } from "../contract/routing.ts";
import type { Transport, UpstreamRequest } from "../contract/transport.ts";
import { DeadlineError } from "./deadlines.ts";
import type { ServerState } from "./server-state.ts";

/** Called when the verdict on a server changes. */
export type HealthListener = (server: ServerState, isHealthy: boolean) => void;

/** Starts checking; the function it gives stops it. */
export function startActiveHealth(
  servers: readonly ServerState[],
  settings: ActiveHealthSettings,
  transport: Transport,
  onChange: HealthListener,
): () => void {
  const timers = servers.map((server) => {
    const judge = createJudge(settings);
    let isBusy = false;
    const check = async () => {
      if (isBusy) return;
      isBusy = true;
      const verdict = judge(await isWell(server, settings, transport));
      isBusy = false;
      if (verdict === undefined) return;
      server.setChecked(verdict);
      onChange(server, verdict);
    };
    void check();
    const timer = setInterval(check, settings.intervalMs);
    // On servers that count references, checks alone do not keep a process alive.
    (timer as { unref?: () => void }).unref?.();
    return timer;
  });
  return () => timers.forEach((timer) => void clearInterval(timer));
}

/** Turns single checks into a verdict, which is given when it changes. */
export function createJudge({ healthyAfter, unhealthyAfter }: ActiveHealthSettings) {
  let isHealthy = true;
  let opposed = 0;
  return (isWell: boolean): boolean | undefined => {
    opposed = isWell === isHealthy ? 0 : opposed + 1;
    if (opposed === 0 || opposed < (isWell ? healthyAfter : unhealthyAfter)) return undefined;
    isHealthy = isWell;
    opposed = 0;
    return isHealthy;
  };
}

async function isWell(
  { server }: ServerState,
  { path, timeoutMs, statuses }: ActiveHealthSettings,
  transport: Transport,
): Promise<boolean> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineError("total", timeoutMs)), timeoutMs);
  try {
    const observer = { signal: controller.signal, connected() {}, sent() {} };
    const { status, body } = await transport.send(checkRequest(path, server.address), server, observer);
    if (body !== null && !(body instanceof Uint8Array)) body.cancel();
    return status >= statuses.from && status <= statuses.to;
  } catch {
    // Whatever went wrong is the answer to the question.
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function checkRequest(path: string, address: ServerState["server"]["address"]): UpstreamRequest {
  const host = address.kind === "unix" ? "localhost" : `${address.hostname}:${address.port}`;
  return {
    method: "GET",
    target: path,
    fields: ["host", host, "user-agent", "causeway-health-check"],
    body: null,
    contentLength: undefined,
    isUpgrade: false,
    client: { address: undefined, scheme: "http", host },
  };
}
