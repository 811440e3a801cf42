// Which directives are meant for a cache like this one? Targeted fields, RFC 9213, which are dictionaries of
// RFC 8941 §3.2: stricter than Cache-Control, and void as a whole if any part is malformed.

import { type CacheDirectives, parseCacheControl } from "./cache-control.ts";

/** The directives in force for one response. */
export interface EffectiveDirectives {
  directives: CacheDirectives;
  /** They come from a targeted field: Cache-Control and Expires say nothing (§2.2). */
  isTargeted: boolean;
}

const KEY = "[a-z*][a-z0-9_.*-]*";
const STRING = '"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\])*"';
const ITEM = `-?\\d{1,12}\\.\\d{1,3}|-?\\d{1,15}|${STRING}|[A-Za-z*][\\w!#$%&'*+.^\`|~:/-]*|:[A-Za-z0-9+/=]*:|\\?[01]`;
const PARAMETERS = `(?:; *${KEY}(?:=(?:${ITEM}))?)*`;
const INNER_LIST = `\\( *(?:(?:${ITEM})${PARAMETERS}(?: +(?:${ITEM})${PARAMETERS})*)? *\\)`;
const MEMBER = new RegExp(`(${KEY})(?:=(${ITEM}|${INNER_LIST}))?${PARAMETERS}`, "y");
const SEPARATOR = /[ \t]*,[ \t]*(?=.)/y;

const DELTA_DIRECTIVES = new Set(["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"]);

/** Longer fields than any cache needs are void: what follows is linear, but not free. */
const MAX_FIELD_LENGTH = 4_096;

/** The first valid, non-empty field of the target list, or else Cache-Control. `targets` in lower case. */
export function selectDirectives(headers: Headers, targets: readonly string[]): EffectiveDirectives {
  for (const name of targets) {
    const field = headers.get(name);
    const directives = field === null ? undefined : parseTargetedField(field);
    if (directives !== undefined && directives.size > 0) return { directives, isTargeted: true };
  }
  return { directives: parseCacheControl(headers.get("cache-control")), isTargeted: false };
}

/** Reads a targeted field; undefined if it is no dictionary. Arguments of the wrong type void a directive. */
export function parseTargetedField(field: string): CacheDirectives | undefined {
  const text = field.replace(/^ +| +$/g, "");
  if (text === "" || text.length > MAX_FIELD_LENGTH) return undefined;
  const directives = new Map<string, string | true>();
  for (let at = 0; at < text.length; ) {
    MEMBER.lastIndex = at;
    const member = MEMBER.exec(text);
    if (!member) return undefined;
    const [, name, value] = member as unknown as [string, string, string | undefined];
    setDirective(directives, name, value);
    SEPARATOR.lastIndex = MEMBER.lastIndex;
    if (MEMBER.lastIndex === text.length) break;
    if (!SEPARATOR.test(text)) return undefined;
    at = SEPARATOR.lastIndex;
  }
  return directives;
}

/** Of a repeated key the last counts (RFC 8941 §3.2); false is the same as absent. */
function setDirective(directives: Map<string, string | true>, name: string, value: string | undefined): void {
  directives.delete(name);
  if (value === "?0") return;
  if (DELTA_DIRECTIVES.has(name)) {
    if (value !== undefined && /^\d+$/.test(value)) directives.set(name, value);
  } else if (value === undefined || value === "?1") directives.set(name, true);
  else directives.set(name, value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value);
}
