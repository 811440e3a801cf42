// Answers with the first and, when the client has its answer, asks the second the same and compares. The client
// waits for nothing and sees nothing of it; what does not fit into the limits is not compared.

import type { Env, GatewayContext, Handler } from "../contract/handler.ts";
import type {
  Comparison,
  DifferingExample,
  MigrationLedger,
  ShadowSettings,
  SkipReason,
} from "../contract/migration.ts";
import { captureAnswer, readAnswer } from "./capture-answer.ts";
import { type CapturedAnswer, compareAnswers, type Verdict } from "./compare-answers.ts";
import { describeTarget } from "./excerpt.ts";
import { createShadowRequest, type RecordedRequest, recordRequest, shadowContext } from "./shadow-request.ts";
import { withinTime } from "./within-time.ts";

/** Comparisons under way at once, from the beginning of the first answer on; what is more is skipped. */
const MAX_RUNS = 32;

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
