// Which trace is a request part of? The traceparent field, W3C Trace Context §3.2.

export interface TraceParent {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** The span that asks, 16 hexadecimal digits. */
  parentId: string;
  /** Two hexadecimal digits; the last bit says whether the trace is recorded. */
  flags: string;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads the field; undefined for what is none, after which tracestate says nothing either (§3.3). */
export function parseTraceparent(text: string): TraceParent | undefined {
  const [, version, traceId = "", parentId = "", flags = "", rest] = FORM.exec(text) ?? [];
  // Later versions may add fields; version 00 has none, and ff is no version (§3.2.2.1, §4).
  if (version === undefined || version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (isZero(traceId) || isZero(parentId)) return undefined;
  return { traceId, parentId, flags };
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}
