// The trace that a request is part of goes on to functions and upstreams as it came: we add no span of our own and
// decide nothing about recording. What is no traceparent is taken away with its tracestate (W3C Trace Context §4.3).

import { parseTraceparent } from "../http/trace-context.ts";

export const PARENT_FIELD = "traceparent";
const STATE_FIELD = "tracestate";

/** Whether a field, in lower case, is of the trace. */
export function isTraceField(name: string): boolean {
  return name === PARENT_FIELD || name === STATE_FIELD;
}

/** Whether the trace fields of a request go on, by its traceparent. */
export function mayCarryTrace(parent: string | null): boolean {
  return parent === null || parseTraceparent(parent) !== undefined;
}

/** The request without trace fields that cannot be believed; runtimes whose requests cannot be changed give a copy. */
export function carryTrace(request: Request): Request {
  if (mayCarryTrace(request.headers.get(PARENT_FIELD))) return request;
  const headers = new Headers(request.headers);
  headers.delete(PARENT_FIELD);
  headers.delete(STATE_FIELD);
  return new Request(request, { headers, redirect: "manual" });
}

/** The id of a request's trace, for the log. */
export function traceIdOf(parent: string | null | undefined): string | undefined {
  return parent ? parseTraceparent(parent)?.traceId : undefined;
}
