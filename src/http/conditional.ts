// May this request proceed, given what the client believes it holds? RFC 9110 §13, in the order of §13.2.2.

import {
  type EntityTag,
  type EntityTagSet,
  isStrongMatch,
  isWeakMatch,
  parseEntityTag,
  parseEntityTagSet,
} from "./entity-tag.ts";
import { parseHttpDate } from "./http-date.ts";

/** The validators of the representation that would be sent. */
export interface Validators {
  tag: EntityTag | undefined;
  /** Last-Modified as a field value. */
  modified: string | undefined;
}

/** `not-modified` is a 304, `failed` a 412. */
export type PreconditionResult = "proceed" | "not-modified" | "failed";

/** Judges all preconditions but If-Range. Only for requests whose answer would be a 2xx (§13.2.1). */
export function evaluatePreconditions(
  method: string,
  headers: Headers,
  validators: Validators,
): PreconditionResult {
  if (!isStateAsExpected(headers, validators)) return "failed";
  const ifNoneMatch = headers.get("if-none-match");
  const isRead = method === "GET" || method === "HEAD";
  if (ifNoneMatch !== null) {
    if (!hasMatch(parseEntityTagSet(ifNoneMatch), validators.tag, isWeakMatch)) return "proceed";
    return isRead ? "not-modified" : "failed";
  }
  if (!isRead || !isUnchangedSince(headers.get("if-modified-since"), validators.modified)) return "proceed";
  return "not-modified";
}

/** Whether a Range may be honoured: If-Range is absent, or names exactly the current representation (§13.1.5). */
export function isRangeCurrent(ifRange: string | null, validators: Validators): boolean {
  if (ifRange === null) return true;
  const tag = parseEntityTag(ifRange);
  if (tag) return validators.tag !== undefined && isStrongMatch(tag, validators.tag);
  return validators.modified !== undefined && isSameDate(ifRange, validators.modified);
}

/** If-Match and, only without it, If-Unmodified-Since. */
function isStateAsExpected(headers: Headers, validators: Validators): boolean {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) return hasMatch(parseEntityTagSet(ifMatch), validators.tag, isStrongMatch);
  const since = parseHttpDate(headers.get("if-unmodified-since") ?? "");
  const modified = parseHttpDate(validators.modified ?? "");
  return since === undefined || modified === undefined || modified <= since;
}

function hasMatch(
  wanted: EntityTagSet,
  current: EntityTag | undefined,
  matches: (a: EntityTag, b: EntityTag) => boolean,
): boolean {
  if (wanted === "*") return true;
  return current !== undefined && wanted.some((tag) => matches(tag, current));
}

function isUnchangedSince(ifModifiedSince: string | null, modified: string | undefined): boolean {
  if (ifModifiedSince === null || modified === undefined) return false;
  if (ifModifiedSince === modified) return true;
  const since = parseHttpDate(ifModifiedSince);
  const current = parseHttpDate(modified);
  return since !== undefined && current !== undefined && current <= since;
}

function isSameDate(a: string, b: string): boolean {
  const first = parseHttpDate(a);
  return first !== undefined && first === parseHttpDate(b);
}
