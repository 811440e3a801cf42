// Not too many, not too fast: one place of a counter for each request, told to the client in RateLimit fields.
// RFC 6585 §4 (429), draft-ietf-httpapi-ratelimit-headers.

import type { LimitKey, LimitSettings } from "../../contract/guards.ts";
import type { GatewayContext } from "../../contract/handler.ts";
import type { LimitEntry, LimitRule, LimitVerdict } from "../../contract/limit-counters.ts";
import { readCookie } from "../../http/cookie.ts";
import { clientNetwork } from "../../http/ip-address.ts";
import { createProblemResponse } from "../../http/problem.ts";
import {
  formatRateLimit,
  formatRateLimitPolicy,
  formatRetryAfter,
  type RateLimitState,
} from "../../http/rate-limit-fields.ts";
import { clientAddressOf, editFields, type Guard, type GuardServices } from "./guard.ts";
import { whenBodyEnds } from "./when-body-ends.ts";

/** Longer keys are counted by their digest, so that clients do not decide how much is remembered. */
const MAX_KEY_LENGTH = 64;
const POLICY = "default";
/** What the log says of clients who left while they waited; nobody gets it. */
const CLIENT_CLOSED_REQUEST = 499;

/** Lets a request pass when its turn has come. */
export function limitRequests(limits: LimitSettings, { counters }: GuardServices): Guard {
  const rule = toRule(limits);
  return (next) => async (request, env, context) => {
    const entry = counters.enter(rule, await keyOf(limits.key, request, context));
    const { signal } = request;
    if (rule.delays) signal.addEventListener("abort", entry.leave, { once: true });
    const verdict = await entry.verdict;
    if (verdict.kind === "left") return new Response(null, { status: CLIENT_CLOSED_REQUEST });
    const state = rule.intervalMs === 0 ? undefined : describe(rule, verdict);
    if (verdict.kind === "refused") return refuse(request, verdict.retryMs, state);
    let response: Response;
    try {
      response = await next(request, env, context);
    } catch (error) {
      entry.leave();
      throw error;
    }
    if (state !== undefined) {
      response = editFields(response, (headers) => setFields(headers, state));
    }
    return rule.connections === 0 ? response : holdPlace(response, entry, context);
  };
}

function toRule({ zone, maxKeys, connections, rate }: LimitSettings): LimitRule {
  const { intervalMs = 0, burst = 0, delays = false } = rate ?? {};
  return { zone, maxKeys, connections, intervalMs, burst, delays };
}

/**
 * Texts that clients choose have a letter in front, so that none is another's. Who sends no field or cookie of the
 * name is counted by address: leaving it out is no way around.
 */
async function keyOf(key: LimitKey, request: Request, context: GatewayContext): Promise<string> {
  if (key.kind === "all") return "";
  if (key.kind !== "client") {
    const { headers } = request;
    const text = key.kind === "header" ? headers.get(key.name) : readCookie(headers.get("cookie"), key.name);
    if (text) return text.length > MAX_KEY_LENGTH ? `d${await digest(text)}` : `t${text}`;
  }
  const address = clientAddressOf(request, context);
  return address === undefined ? "u" : `c${clientNetwork(address) ?? ""}`;
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function describe({ burst, intervalMs }: LimitRule, verdict: LimitVerdict): RateLimitState {
  const quota = burst + 1;
  const windowMs = quota * intervalMs;
  if (verdict.kind === "pass") return { quota, windowMs, ...verdict };
  return {
    quota,
    windowMs,
    remaining: 0,
    resetMs: verdict.kind === "refused" ? verdict.retryMs + burst * intervalMs : 0,
  };
}

function setFields(headers: Headers, state: RateLimitState): void {
  headers.set("ratelimit-policy", formatRateLimitPolicy(state, POLICY));
  headers.set("ratelimit", formatRateLimit(state, POLICY));
}

function refuse(request: Request, retryMs: number, state: RateLimitState | undefined): Response {
  const headers = new Headers({ "retry-after": formatRetryAfter(retryMs) });
  if (state !== undefined) setFields(headers, state);
  return createProblemResponse(request, { status: 429, headers });
}

/** The place is free when the answer has been sent, however long that takes. */
function holdPlace(response: Response, { leave }: LimitEntry, { finished }: GatewayContext): Response {
  if (finished === undefined) return whenBodyEnds(response, leave);
  void finished.then(leave);
  return response;
}
