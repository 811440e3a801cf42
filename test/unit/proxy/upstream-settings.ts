// Settings, servers and a transport under a test's control, for everything that tests the proxy's core.

import type { Clock, LogSink } from "../../../src/contract/platform.ts";
import type { ServerSettings, UpstreamSettings } from "../../../src/contract/routing.ts";
import type {
  ExchangeObserver,
  Transport,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamServer,
} from "../../../src/contract/transport.ts";
import { ServerState } from "../../../src/proxy/server-state.ts";

export const SILENT: LogSink = { access() {}, error() {}, warn() {} };

/** A clock that a test turns. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function createManualClock(): ManualClock {
  let time = 1_000;
  return {
    now: () => time,
    monotonic: () => time,
    advance(ms) {
      time += ms;
    },
  };
}

export function serverSettings(name: string, changes: Partial<ServerSettings> = {}): ServerSettings {
  return {
    protocol: "http",
    address: { kind: "tcp", hostname: name, port: 80 },
    weight: 1,
    backup: false,
    drain: false,
    maxConnections: 0,
    ...changes,
  };
}

export function upstreamSettings(
  servers: ServerSettings[],
  changes: Partial<UpstreamSettings> = {},
): UpstreamSettings {
  return {
    servers,
    balancing: { policy: { kind: "round-robin" } },
    timeouts: { connectMs: 1_000, firstByteMs: 1_000, idleMs: 1_000, totalMs: 0 },
    passiveHealth: { maxFails: 1, failTimeoutMs: 10_000, slowStartMs: 0, failureStatuses: [] },
    retries: { attempts: 3, budgetRatio: 0.2, budgetMinimum: 10 },
    host: { kind: "client" },
    forwarding: "x-forwarded",
    passesInterim: true,
    maxBufferedBodyBytes: 1_000,
    ...changes,
  };
}

export function createState(
  name: string,
  changes: Partial<ServerSettings> = {},
  clock: Clock = createManualClock(),
): ServerState {
  const settings = serverSettings(name, changes);
  return new ServerState(settings, upstreamSettings([settings]), clock);
}

/** How a server behaves in a test. */
export type Behaviour = (
  request: UpstreamRequest,
  observer: ExchangeObserver,
) => Promise<UpstreamResponse> | UpstreamResponse;

/** Servers by host name; `asked` lists whom requests went to. */
export interface FakeTransport extends Transport {
  asked: string[];
  requests: UpstreamRequest[];
}

export function createFakeTransport(behaviours: Record<string, Behaviour>): FakeTransport {
  const asked: string[] = [];
  const requests: UpstreamRequest[] = [];
  return {
    asked,
    requests,
    async send(request: UpstreamRequest, server: UpstreamServer, observer: ExchangeObserver) {
      const name = server.address.kind === "tcp" ? server.address.hostname : server.address.path;
      asked.push(name);
      requests.push(request);
      const behaviour = behaviours[name];
      if (behaviour === undefined) throw new Error(`Nobody is ${name}`);
      return behaviour(request, observer);
    },
    async close() {},
  };
}

export function answerOf(text: string, changes: Partial<UpstreamResponse> = {}): UpstreamResponse {
  const body = new TextEncoder().encode(text);
  return {
    status: 200,
    statusText: "OK",
    fields: ["content-type", "text/plain"],
    body,
    contentLength: body.length,
    ...changes,
  };
}
