// Which entity tags does a field name, and do two tags match? RFC 9110 §8.8.3.

/** An opaque validator of one representation. */
export interface EntityTag {
  weak: boolean;
  /** The text between the quotes. */
  opaque: string;
}

/** What If-Match and If-None-Match may hold: any representation, or these tags. */
export type EntityTagSet = "*" | EntityTag[];

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const LIST_MEMBER = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,|$)/y;

/** Reads exactly one entity tag; undefined for anything else, unquoted text included. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const match = TAG.exec(text.trim());
  return match ? { weak: match[1] !== undefined, opaque: match[2] ?? "" } : undefined;
}

/** Reads `*` or a list of tags. One malformed member makes the whole field match nothing. */
export function parseEntityTagSet(text: string): EntityTagSet {
  if (text.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  LIST_MEMBER.lastIndex = 0;
  while (LIST_MEMBER.lastIndex < text.length) {
    const match = LIST_MEMBER.exec(text);
    if (!match) return [];
    if (match[2] !== undefined) tags.push({ weak: match[1] !== undefined, opaque: match[2] });
  }
  return tags;
}

/** Writes a tag as a field value. */
export function formatEntityTag(tag: EntityTag): string {
  return `${tag.weak ? "W/" : ""}"${tag.opaque}"`;
}

/** Strong comparison: byte-for-byte the same representation. */
export function isStrongMatch(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque;
}

/** Weak comparison: the same for a cache's purposes. */
export function isWeakMatch(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque;
}
