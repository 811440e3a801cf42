// The trace that a request is part of goes on to functions and upstreams as it came: we add no span of our own and
// decide nothing about recording. What is no traceparent is taken away with its tracestate (W3C Trace Context §4.3).

import { parseTraceparent } from "../http/trace-context.ts";
import type { IncomingHead } from "./name-client.ts";

const PARENT = "traceparent";
const STATE = "tracestate";

/** The request without trace fields that cannot be believed; runtimes whose requests cannot be changed give a copy. */
export function carryTrace(request: Request): Request {
  const { headers } = request;
  const parent = headers.get(PARENT);
  if (parent === null || parseTraceparent(parent) !== undefined) return request;
  try {
    headers.delete(PARENT);
    headers.delete(STATE);
    return request;
  } catch {
    const changed = new Headers(headers);
    changed.delete(PARENT);
    changed.delete(STATE);
    return new Request(request, { headers: changed, redirect: "manual" });
  }
}

/** The same for a head of which no Request is made yet. */
export function carryTraceInHead({ rawHeaders, headers }: IncomingHead): void {
  const parent = headers[PARENT];
  if (parent === undefined || parseTraceparent(parent.toString()) !== undefined) return;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (name === PARENT || name === STATE) rawHeaders.splice(index, 2);
  }
  delete headers[PARENT];
  delete headers[STATE];
}

/** The id of a request's trace, for the log. */
export function traceIdOf(parent: string | null | undefined): string | undefined {
  return parent ? parseTraceparent(parent)?.traceId : undefined;
}
