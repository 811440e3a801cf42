// A named group of servers as one Handler: chooses a server, sends, and tries another where that is safe.
// Throws UpstreamUnreachableError only if nobody was reached; every other failure is an answer.

import { type CancelSignal, departureOf } from "../contract/cancellation.ts";
import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import type { Clock, LogSink } from "../contract/platform.ts";
import type { UpstreamSettings } from "../contract/routing.ts";
import type { Transport } from "../contract/transport.ts";
import { TrustedProxies } from "../http/client-address.ts";
import { startActiveHealth } from "./active-health.ts";
import { createPolicy, type RandomSource } from "./balancing/policy.ts";
import { createStickyCookie } from "./balancing/sticky-cookie.ts";
import { type Answer, attemptExchange, type Failure } from "./exchange.ts";
import { answerFailure } from "./failure-answer.ts";
import { addressRequest, type ForwardedRequest, forwardRequest } from "./forward-request.ts";
import { endToEndFields, forwardResponse } from "./forward-response.ts";
import { RepeatableBody } from "./request-body.ts";
import { isIdempotent, mayRepeat, RetryBudget } from "./retry.ts";
import { type PoolParts, selectServer } from "./server-pool.ts";
import { ServerState } from "./server-state.ts";

/** What an upstream needs of its surroundings. */
export interface UpstreamServices {
  transport: Transport;
  clock: Clock;
  log: LogSink;
  /** Who may say whom a request comes from; nobody if absent. */
  trustedProxies?: readonly string[];
  random?: RandomSource;
}

/** A running upstream. */
export interface Upstream {
  handler: Handler;
  /** The servers as they are now. */
  status(): ServerStatus[];
  /** Takes a server out for new clients, or back in; false if there is none of that name. */
  setDraining(id: string, drains: boolean): boolean;
  /** Ends active checks. */
  close(): void;
}

export interface ServerStatus {
  id: string;
  isHealthy: boolean;
  drains: boolean;
  active: number;
}

/** Puts an upstream together and starts its checks. */
export function createUpstream(
  name: string,
  settings: UpstreamSettings,
  services: UpstreamServices,
): Upstream {
  const { transport, clock, log, random = Math.random } = services;
  const servers = settings.servers.map((server) => new ServerState(server, settings, clock));
  const stop =
    settings.activeHealth &&
    startActiveHealth(servers, settings.activeHealth, transport, ({ server }, isHealthy) =>
      log.warn(isHealthy ? "An upstream server is well again" : "An upstream server is not well", {
        upstream: name,
        server: server.id,
      }),
    );
  return {
    handler: createHandler(name, settings, services, servers, random),
    status: () =>
      servers.map((state) => ({
        id: state.server.id,
        isHealthy: state.isHealthy(),
        drains: state.drains,
        active: state.active,
      })),
    setDraining(id, drains) {
      const found = servers.filter(({ server }) => server.id === id);
      for (const state of found) state.setDraining(drains);
      return found.length > 0;
    },
    close: () => stop?.(),
  };
}

function createHandler(
  name: string,
  settings: UpstreamSettings,
  { transport, clock, log, trustedProxies = [] }: UpstreamServices,
  servers: readonly ServerState[],
  random: RandomSource,
): Handler<Env> {
  const trusted = new TrustedProxies(trustedProxies);
  const budget = new RetryBudget(settings.retries, clock);
  const { policy, sticky } = settings.balancing;
  const parts: PoolParts = {
    servers,
    sticky: undefined,
    policy: createPolicy(policy, random),
    backupPolicy: createPolicy(policy, random),
  };
  const binding = sticky && createStickyCookie(sticky, servers);

  return async (request, _env, context) => {
    const forwarded = forwardRequest(request, context.clientAddress, settings, trusted);
    const pool = binding === undefined ? parts : { ...parts, sticky: await binding };
    const onInterim = settings.passesInterim ? interimPassage(context) : undefined;
    const sending = { forwarded, settings, transport, clock, signal: departureOf(request), onInterim };
    const { answer, failure, state } = await sendToAny(sending, request.headers, pool, budget);
    if (context.trail !== undefined) context.trail.upstream = state?.server.id;
    if (answer !== undefined && state !== undefined) {
      return deliver(request, answer, bindingFields(pool, request.headers, state));
    }
    const answered = answerFailure(name, request, failure, context.requestId);
    if (failure?.reason !== "client-gone") {
      const fields = {
        upstream: name,
        server: state?.server.id,
        reason: failure?.reason ?? "none available",
      };
      log.warn("An upstream did not answer", { ...fields, requestId: context.requestId });
    }
    if (answered instanceof Error) throw answered;
    return answered;
  };

  function deliver(request: Request, { response, body }: Answer, added: [string, string][]): Response {
    try {
      return forwardResponse(request.method, response, body, added);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      if (body instanceof ReadableStream) void body.cancel();
      log.warn("An upstream's answer cannot be passed on", { upstream: name, message: error.message });
      return new Response("Bad Gateway\n", { status: 502, headers: { "cache-control": "no-store" } });
    }
  }
}

/** Where interim answers go; undefined if there is no way for them. */
function interimPassage(context: GatewayContext): Sending["onInterim"] {
  if (context.sendInterim === undefined) return undefined;
  return (status, fields) => context.sendInterim?.(status, endToEndFields(fields));
}

/** A Set-Cookie for a client that is not bound to the server which answered. */
function bindingFields({ sticky }: PoolParts, headers: Headers, state: ServerState): [string, string][] {
  if (sticky === undefined || sticky.find(headers) === state) return [];
  return [["set-cookie", sticky.format(state)]];
}

interface Sending {
  forwarded: ForwardedRequest;
  settings: UpstreamSettings;
  transport: Transport;
  clock: Clock;
  signal: CancelSignal | undefined;
  onInterim: ((status: number, fields: readonly string[]) => void) | undefined;
}

interface Sent {
  answer: Answer | undefined;
  /** Of the last attempt, if there was one. */
  failure: Failure | undefined;
  state: ServerState | undefined;
}

/** Sends to one server after the other, as long as repeating is safe and others are left. */
async function sendToAny(
  sending: Sending,
  headers: Headers,
  pool: PoolParts,
  budget: RetryBudget,
): Promise<Sent> {
  const { forwarded, settings, transport, clock, signal, onInterim } = sending;
  const { target, method, client } = forwarded.request;
  const balanced = { target, headers, clientAddress: client.address };
  const startedAt = clock.monotonic();
  const tried = new Set<ServerState>();
  const sent: Sent = { answer: undefined, failure: undefined, state: undefined };
  const source = forwarded.request.body;
  const body = source === null ? undefined : new RepeatableBody(source, isIdempotent(method));
  budget.countRequest();
  while (tried.size < settings.retries.attempts) {
    const state = selectServer(pool, balanced, tried);
    if (state === undefined) break;
    tried.add(state);
    sent.state = state;
    const outcome = await attemptExchange({
      transport,
      state,
      request: addressRequest(forwarded, state.server, settings.host),
      body,
      timeouts: settings.timeouts,
      totalMs: remaining(settings.timeouts.totalMs, clock.monotonic() - startedAt),
      failureStatuses: settings.passiveHealth.failureStatuses,
      clientSignal: signal,
      onInterim,
    });
    if (outcome.kind === "answer") {
      sent.answer = outcome;
      return sent;
    }
    sent.failure = outcome;
    if (!mayTryAgain(method, outcome, budget)) break;
  }
  body?.settle();
  return sent;
}

function mayTryAgain(method: string, failure: Failure, budget: RetryBudget): boolean {
  if (failure.reason === "client-gone" || failure.reason === "unsendable") return false;
  if (!mayRepeat({ method, wasSent: failure.wasSent, bodyUsed: failure.bodyUsed })) return false;
  return !failure.wasSent || budget.spend();
}

function remaining(totalMs: number, elapsedMs: number): number {
  return totalMs === 0 ? Number.POSITIVE_INFINITY : totalMs - elapsedMs;
}
