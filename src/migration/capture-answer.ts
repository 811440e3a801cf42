// An answer while it goes to the client, and one that goes to nobody: what is kept of each to compare them.

import type { SkipReason } from "../contract/migration.ts";
import type { CapturedAnswer } from "./compare-answers.ts";
import { RecordedBody } from "./recorded-body.ts";
import { withinTime } from "./within-time.ts";

/** A client that takes longer over its answer must not keep others from being compared. */
const CAPTURE_LIMIT_MS = 60_000;
/** Of a gateway in between: they say nothing of the application. */
const GATEWAY_FAILURES: ReadonlySet<number> = new Set([502, 503, 504]);

/** The answer for the client, and what it was once it has been read. */
export function captureAnswer(
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
export async function readAnswer(
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
