// Wraps an application in development and names each breach of the gateway contract (docs/gateway.md).

import type { GatewayContext, Handler } from "../contract/handler.ts";
import { checkRequest, checkResponseHead, type ReportBreach } from "./contract-checks.ts";

/** One broken rule of docs/gateway.md. */
export interface Breach {
  /** Number of the rule in docs/gateway.md: `A3` binds the application, `S1` the server. */
  rule: `${"A" | "S"}${number}`;
  message: string;
  /** Method and path of the request that showed it. */
  request: string;
}

/**
 * The same application with its breaches reported; answers are passed on as they are, except that a
 * body stream is watched on its way. Exceptions are reported by rule and thrown on.
 */
export function validateApplication(application: Handler, report: (breach: Breach) => void): Handler {
  const answered = new WeakSet<Response>();
  return async (request, env, context) => {
    const name = `${request.method} ${new URL(request.url).pathname}`;
    const breach: ReportBreach = (rule, message) => report({ rule, message, request: name });
    checkRequest(request, env, context, breach);
    const response = await callApplication(
      application,
      [request, env, watchContext(context, breach)],
      breach,
    );
    if (!(response instanceof Response)) {
      breach("A1", `returned ${describe(response)} instead of a Response`);
      return response;
    }
    if (answered.has(response))
      breach("A2", "returned a Response object that had answered an earlier request");
    if (response.bodyUsed) breach("A2", "returned a Response whose body had been read already");
    answered.add(response);
    checkResponseHead(response, breach);
    return watchBody(response, breach);
  };
}

async function callApplication(
  application: Handler,
  args: Parameters<Handler>,
  breach: ReportBreach,
): Promise<Response> {
  try {
    return await application(...args);
  } catch (error) {
    if (!(error instanceof Error))
      breach("A7", `threw ${describe(error)}; throw an Error, so that the log has a stack`);
    throw error;
  }
}

function watchContext(context: GatewayContext, breach: ReportBreach): GatewayContext {
  return {
    get requestId() {
      return context.requestId;
    },
    clientAddress: context.clientAddress,
    trail: context.trail,
    waitUntil(work) {
      if (typeof (work as { then?: unknown } | undefined)?.then !== "function") {
        breach("A6", `called waitUntil with ${describe(work)} instead of a promise`);
      }
      context.waitUntil(work);
    },
    passThroughOnException: () => context.passThroughOnException(),
  };
}

/**
 * Counts what a body yields against its Content-Length. A body without one is left alone: watching it
 * would turn text that the server can send in one piece into a stream.
 */
function watchBody(response: Response, breach: ReportBreach): Response {
  const declared = response.headers.get("content-length");
  if (declared === null || response.body === null || response.status === 101) return response;
  let total = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (chunk instanceof Uint8Array) total += chunk.byteLength;
        else breach("A4", `has a body stream that yields ${describe(chunk)}; it must yield Uint8Array`);
        controller.enqueue(chunk);
      },
      flush() {
        if (Number(declared) !== total) {
          breach("A5", `declared Content-Length ${declared} but sent ${total} bytes`);
        }
      },
    }),
  );
  return new Response(counted, response);
}

/** A value in words that fit a sentence. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return `an object of class ${value.constructor?.name ?? "none"}`;
  return `the ${typeof value} ${JSON.stringify(value) ?? String(value)}`;
}
