// Another server decides who may (nginx's auth_request, forward_auth elsewhere): asked without the body, and told
// what was asked for. 2xx lets in, 401 and 403 do not, everything else means that nobody can tell.

import type { RequestAuthSettings } from "../../contract/guards.ts";
import type { GatewayContext, Handler } from "../../contract/handler.ts";
import { UpstreamUnreachableError } from "../../contract/transport.ts";
import { foldFieldName } from "../../http/field-name.ts";
import { removeHopByHop } from "../../http/hop-by-hop.ts";
import { createProblemResponse } from "../../http/problem.ts";
import type { Authenticate } from "./authenticate.ts";
import type { GuardServices } from "./guard.ts";

/** What is asked, under the names of nginx's examples and of Traefik and Caddy. */
const METHOD_FIELDS = ["x-original-method", "x-forwarded-method"];
const URI_FIELDS = ["x-original-uri", "x-forwarded-uri"];
const OWN_FIELDS: ReadonlySet<string> = new Set([...METHOD_FIELDS, ...URI_FIELDS]);
/** Of the body that does not go along, of the connection, or conditions on an answer that is not this one. */
const OTHER_FIELDS = /^(?:content-|if-|sec-websocket-|range$|expect$|accept-encoding$)/;

/** Asks an upstream for each request. */
export function createRequestAuth(
  settings: RequestAuthSettings,
  { upstreams, log }: Pick<GuardServices, "upstreams" | "log">,
): Authenticate {
  const { upstream: name, copy } = settings;
  const upstream = upstreams.get(name);
  return async (request, _env, context) => {
    const fail = (status: number) => createProblemResponse(request, { status, requestId: context.requestId });
    if (upstream === undefined) return fail(502);
    const answer = await ask(upstream, request, context, settings).catch((error: unknown) => error);
    if (!(answer instanceof Response)) {
      // Nobody is left to be told.
      if (request.signal.aborted) return fail(408);
      if (answer instanceof UpstreamUnreachableError) return fail(answer.status);
      if (answer instanceof TimeoutError) return fail(504);
      log.error(`The upstream "${name}" cannot tell who may`, answer, { requestId: context.requestId });
      return fail(502);
    }
    void answer.body?.cancel().catch(() => {
      // Nobody wants the rest.
    });
    const { status, headers } = answer;
    if (status >= 200 && status <= 299) return { fields: readFields(headers, copy) };
    if (status !== 401 && status !== 403) return fail(status === 503 || status === 504 ? status : 502);
    const challenge = headers.get("www-authenticate");
    return createProblemResponse(request, {
      status,
      ...(challenge === null ? {} : { headers: { "www-authenticate": challenge } }),
    });
  };
}

class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

async function ask(
  upstream: Handler,
  request: Request,
  context: GatewayContext,
  { path, timeoutMs }: RequestAuthSettings,
): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new TimeoutError("Nobody has told who may")), timeoutMs);
  const signal = AbortSignal.any([abort.signal, request.signal]);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const question = new Request(new URL(path, request.url), {
      headers: questionFields(request),
      redirect: "manual",
      signal,
    });
    const answer = Promise.resolve(upstream(question, {}, context));
    answer.catch(() => {
      // Reported by the race, unless the time was over before.
    });
    return await Promise.race([answer, aborted]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the client sent, less what belongs to its own request. */
function questionFields(request: Request): Headers {
  const headers = new Headers(request.headers);
  removeHopByHop(headers);
  for (const name of [...headers.keys()]) {
    if (OTHER_FIELDS.test(name) || OWN_FIELDS.has(foldFieldName(name))) headers.delete(name);
  }
  const { url, method } = request;
  const target = url.slice(url.indexOf("/", url.indexOf("://") + 3));
  for (const name of METHOD_FIELDS) headers.set(name, method);
  for (const name of URI_FIELDS) headers.set(name, target);
  return headers;
}

function readFields(headers: Headers, copy: readonly string[]): [string, string][] {
  return copy.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
}
