// Answers with the first and, when the client has its answer, asks the second the same and compares. The client
// waits for nothing and sees nothing of it; what does not fit into the limits is not compared.

import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import {
  type Comparison,
  type DifferingExample,
  type MigrationLedger,
  SHADOW_FIELD,
  type ShadowSettings,
  type SkipReason,
} from "../contract/migration.ts";
import { type CapturedAnswer, compareAnswers, type Verdict } from "./compare-answers.ts";
import { describeTarget } from "./excerpt.ts";
import { RecordedBody } from "./recorded-body.ts";
import { withBody } from "./request-copy.ts";
import { withinTime } from "./within-time.ts";

/** Comparisons under way at once, from the beginning of the first answer on; what is more is skipped. */
const MAX_RUNS = 32;
/** A client that takes longer over its answer must not keep others from being compared. */
const CAPTURE_LIMIT_MS = 60_000;
/** Of a gateway in between: they say nothing of the application. */
const GATEWAY_FAILURES: ReadonlySet<number> = new Set([502, 503, 504]);

export interface ShadowServices {
  /** The name under which the route is counted. */
  route: string;
  ledger: MigrationLedger;
  /** 0 to 1. */
  random?: () => number;
}

/** Puts the comparison in front of `first`; what `second` does or throws only counts. */
export function serveShadowed(
  first: Handler,
  second: Handler,
  settings: ShadowSettings,
  { route, ledger, random = Math.random }: ShadowServices,
): Handler {
  let runs = 0;
  return async (request, env, context) => {
    if (!isWanted(request)) return first(request, env, context);
    if (runs >= MAX_RUNS) {
      ledger.compared(route, { kind: "skipped", reason: "busy" });
      return first(request, env, context);
    }
    runs += 1;
    const sent = recordRequest(request, settings.maxBodyBytes);
    let response: Response;
    try {
      response = await first(sent.request, env, context);
    } catch (error) {
      runs -= 1;
      throw error;
    }
    const captured = captureAnswer(request.method, response, settings.maxBodyBytes);
    const work = compare(sent, captured.answer, env, context).then((comparison) =>
      ledger.compared(route, comparison),
    );
    context.waitUntil(
      work.finally(() => {
        runs -= 1;
      }),
    );
    return captured.response;
  };

  function isWanted({ method, headers }: Request): boolean {
    if (!settings.methods.includes(method) || headers.has("upgrade")) return false;
    return settings.percent === 100 || random() * 100 < settings.percent;
  }

  async function compare(
    sent: RecordedRequest,
    answer: Promise<CapturedAnswer | SkipReason>,
    env: Env,
    context: GatewayContext,
  ): Promise<Comparison> {
    const expected = await answer;
    if (typeof expected === "string") return { kind: "skipped", reason: expected };
    const body = sent.body?.bytes();
    if (sent.body !== undefined && body === undefined) return { kind: "skipped", reason: "too-large" };
    const { url, method } = sent.request;
    const verdict = await ask(createShadowRequest(sent.request, body), expected, env, context);
    if (verdict.kind !== "different") return verdict;
    const example: DifferingExample = {
      request: `${method} ${describeTarget(url)}`,
      requestId: context.requestId,
      at: new Date().toISOString(),
      differences: verdict.differences,
    };
    return { kind: "different", example };
  }

  async function ask(
    request: Request,
    expected: CapturedAnswer,
    env: Env,
    context: GatewayContext,
  ): Promise<Verdict> {
    const { maxBodyBytes, timeoutMs, ignore: rules } = settings;
    const asked = async (signal: AbortSignal) => {
      const response = await second(new Request(request, { signal }), env, shadowContext(context));
      return readAnswer(request.method, response, maxBodyBytes, signal);
    };
    const outcome = await withinTime(asked, timeoutMs);
    if (outcome.kind === "done") {
      return compareAnswers(expected, outcome.value, { url: request.url, rules, maxBodyBytes });
    }
    const actual = outcome.kind === "late" ? `none within ${timeoutMs} ms` : "none: it failed";
    return {
      kind: "different",
      differences: [{ where: "answer", expected: `status ${expected.status}`, actual }],
    };
  }
}

/** A shadow run has the facts of its request; nothing can be asked of it. */
function shadowContext(context: GatewayContext): GatewayContext {
  const { requestId, clientAddress } = context;
  return {
    requestId,
    clientAddress,
    waitUntil: (work) => context.waitUntil(work),
    passThroughOnException() {},
  };
}

interface RecordedRequest {
  /** For the first one. */
  request: Request;
  /** Undefined without a body. */
  body: RecordedBody | undefined;
}

function recordRequest(request: Request, maxBytes: number): RecordedRequest {
  const { method } = request;
  if (method === "GET" || method === "HEAD" || request.body === null) return { request, body: undefined };
  const body = new RecordedBody(request.body, maxBytes);
  return { request: withBody(request, body.stream), body };
}

/** The request as the second one gets it: marked, asking for a whole answer without content coding. */
function createShadowRequest({ url, method, headers }: Request, body: Uint8Array | undefined): Request {
  const changed = new Headers(headers);
  for (const name of ["if-none-match", "if-modified-since", "transfer-encoding"]) changed.delete(name);
  changed.set("accept-encoding", "identity");
  changed.set(SHADOW_FIELD, "1");
  if (body !== undefined) changed.set("content-length", String(body.length));
  return new Request(url, {
    method,
    headers: changed,
    redirect: "manual",
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  });
}

/** The answer for the client, and what it was once it has been read. */
function captureAnswer(
  method: string,
  response: Response,
  maxBytes: number,
): { response: Response; answer: Promise<CapturedAnswer | SkipReason> } {
  const { status, statusText, headers } = response;
  const reason = skipReasonOf(response);
  if (reason !== undefined) return { response, answer: Promise.resolve(reason) };
  // A copy: whoever sends the answer may change its fields.
  const head = { status, headers: new Headers(headers) };
  // The server that sends an answer to HEAD drops its body, and so does the comparison.
  if (response.body === null || method === "HEAD") {
    return { response, answer: Promise.resolve({ ...head, body: new Uint8Array() }) };
  }
  const body = new RecordedBody(response.body, maxBytes);
  const answer = untilRead(body).then((end) => (end === "complete" ? { ...head, body: body.bytes() } : end));
  return { response: new Response(body.stream, { status, statusText, headers }), answer };
}

async function untilRead(body: RecordedBody): Promise<"complete" | "client-gone"> {
  const outcome = await withinTime(() => body.ended, CAPTURE_LIMIT_MS);
  if (outcome.kind === "done" && outcome.value === "complete") return "complete";
  body.forget();
  return "client-gone";
}

function skipReasonOf({ status, headers }: Response): SkipReason | undefined {
  if (GATEWAY_FAILURES.has(status)) return "first-failed";
  if (status === 304) return "not-modified";
  if (status === 101 || headers.get("content-type")?.startsWith("text/event-stream")) return "stream";
  return undefined;
}

/** The answer of a shadow run, whole if it is not too long. */
async function readAnswer(
  method: string,
  { status, headers, body }: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<CapturedAnswer> {
  if (method === "HEAD") await body?.cancel();
  if (body === null || method === "HEAD") return { status, headers, body: new Uint8Array() };
  const recorded = new RecordedBody(body, maxBytes);
  const reader = recorded.stream.getReader();
  signal.addEventListener("abort", () => {
    // Whoever produces it without end is told that nobody waits any more.
    reader.cancel().catch(() => {});
  });
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length <= maxBytes) continue;
    await reader.cancel();
    break;
  }
  return { status, headers, body: recorded.bytes() };
}
