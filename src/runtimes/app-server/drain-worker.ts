// How does a worker leave? It finishes what is open, tells clients to go elsewhere, and does not wait for ever.

import type { LogSink } from "../../contract/platform.ts";
import type { DrainOrder } from "../../contract/process-host.ts";
import type { SiteServer } from "../site-server.ts";
import type { WorkerConnections } from "./worker-connections.ts";
import type { WorkerGate } from "./worker-gate.ts";

export interface WorkerParts {
  node: Pick<SiteServer, "server" | "work"> & { webSockets: Iterable<OpenSocket> & { size: number } };
  connections: WorkerConnections;
  gate: WorkerGate;
  log: LogSink;
}

/** A WebSocket, as far as its end is concerned. */
export interface OpenSocket {
  close(code: number, reason: string): void;
  terminate(): void;
}

/**
 * Longer than keep-alive lasts: closing an idle connection at the moment in which its client sends a request
 * would lose that request, so clients get the time to hear `Connection: close` or to see the connection expire.
 */
const LINGER_SLACK_MS = 1_500;
const LOOK_EVERY_MS = 50;

/** Resolves when the worker may end. */
export async function drainWorker(parts: WorkerParts, order: DrainOrder): Promise<void> {
  const { node, connections, gate, log } = parts;
  const startedAt = performance.now();
  gate.startDraining();
  if (order.closeIdle) node.server.closeIdleConnections();
  const grace = setTimeout(() => closeStreams(parts), Math.min(order.streamGraceMs, order.limitMs));
  const isQuiet = await untilQuiet(parts, order, startedAt);
  clearTimeout(grace);
  // Connections may be left that only might have brought another request.
  const left = { requests: gate.inFlight, webSockets: node.webSockets.size };
  if (!isQuiet && left.requests + left.webSockets > 0) log.warn("Open requests were broken off", left);
  for (const webSocket of node.webSockets) webSocket.terminate();
  connections.destroyAll();
  await finishBackgroundWork(parts, order.limitMs - (performance.now() - startedAt));
}

function closeStreams({ node, gate }: WorkerParts): void {
  // 1012, service restart (IANA registry of WebSocket close codes).
  for (const webSocket of node.webSockets) webSocket.close(1012, "The server is restarting");
  gate.endEventStreams();
}

/** Whether everything came to its end within the limit. */
async function untilQuiet(
  { node, connections, gate }: WorkerParts,
  { limitMs, closeIdle }: DrainOrder,
  startedAt: number,
): Promise<boolean> {
  const lingerMs = closeIdle ? 0 : node.server.keepAliveMs + LINGER_SLACK_MS;
  let idleSince = startedAt;
  let requests = gate.requests;
  while (connections.size > 0) {
    const now = performance.now();
    if (now - startedAt >= limitMs) return false;
    const isBusy = gate.inFlight > 0 || node.webSockets.size > 0 || gate.requests !== requests;
    requests = gate.requests;
    if (isBusy) idleSince = now;
    else if (now - idleSince >= lingerMs) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

async function finishBackgroundWork({ node, log }: WorkerParts, remainingMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<"limit">((resolve) => {
    timer = setTimeout(resolve, Math.max(0, remainingMs), "limit");
  });
  const outcome = await Promise.race([node.work.settled(), limit]);
  clearTimeout(timer);
  if (outcome === "limit") log.warn("Work given to waitUntil was broken off", { pending: node.work.size });
}
