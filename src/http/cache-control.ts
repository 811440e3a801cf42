// What does a Cache-Control field say? RFC 9111 §5.2, quoted values and repeated directives included.

/** Lower-case directive → its argument without quotes, or true where it has none. */
export type CacheDirectives = ReadonlyMap<string, string | true>;

const DIRECTIVE =
  /[\s,]*([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9a-z-]*)))?[^,]*/giy;

const NONE: CacheDirectives = new Map();

/** Reads the field. Of a repeated directive the first counts, as RFC 9111 §4.2.1 allows. */
export function parseCacheControl(field: string | null): CacheDirectives {
  if (field === null || field === "") return NONE;
  const directives = new Map<string, string | true>();
  for (const [, name, quoted, token] of field.matchAll(DIRECTIVE)) {
    const key = (name ?? "").toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted?.replace(/\\(.)/g, "$1") ?? token ?? true);
  }
  return directives;
}

/** A delta-seconds argument, capped at 2^31 (§1.2.2); undefined if absent or no number. */
export function deltaSeconds(directives: CacheDirectives, name: string): number | undefined {
  const value = directives.get(name);
  if (typeof value !== "string" || !/^\d+$/.test(value)) return undefined;
  return Math.min(Number(value), 2 ** 31);
}

/** Writes directives in the order given; `true` writes the name alone, false and undefined nothing. */
export function formatCacheControl(
  directives: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  return Object.entries(directives)
    .filter(([, value]) => value !== false && value !== undefined)
    .map(([name, value]) => (value === true ? name : `${name}=${formatArgument(String(value))}`))
    .join(", ");
}

function formatArgument(value: string): string {
  return /^[!#$%&'*+.^_`|~0-9a-zA-Z-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
