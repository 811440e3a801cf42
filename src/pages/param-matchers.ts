// Which values may a constrained parameter (`[id=int]`, `[slug=uuid]`) take? The table of docs/routing.md.
// A value is tested as it stands in the path, undecoded; one that does not fit makes the route not match.

/** Says whether a path segment fits. */
export type ParamMatcher = (value: string) => boolean;

/** Matchers by the name that stands after `=`. */
export type ParamMatchers = Readonly<Record<string, ParamMatcher>>;

/** Every pattern reads its input once: no nested repetition, no alternatives that overlap. */
const BUILT_IN_PATTERNS: Readonly<Record<string, RegExp>> = {
  /** At most 15 digits, so that `Number(value)` is exact, and one spelling for each number. */
  int: /^(?:0|-?[1-9][0-9]{0,14})$/,
  digits: /^[0-9]+$/,
  alpha: /^[A-Za-z]+$/,
  alnum: /^[A-Za-z0-9]+$/,
  hex: /^[0-9A-Fa-f]+$/,
  slug: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  /** RFC 9562, any version and variant. */
  uuid: /^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$/,
  ulid: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i,
};

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

/** The matchers that every project has. */
export const BUILT_IN_MATCHERS: ParamMatchers = Object.freeze({
  ...Object.fromEntries(Object.entries(BUILT_IN_PATTERNS).map(([name, pattern]) => [name, fits(pattern)])),
  date: isCalendarDate,
});

/** A project's own matchers: exports of this file directly below the functions directory. */
export const OWN_MATCHERS_FILE = /^_matchers\.(?:js|mjs|ts|tsx|jsx)$/;

/** Whether an export of the matchers file names a matcher; handlers and the default export do not. */
export function isMatcherName(exportName: string): boolean {
  return exportName !== "default" && !exportName.startsWith("onRequest");
}

/**
 * Takes a project's own matchers out of its bundled modules: exported functions and regular expressions,
 * the latter of the whole value. One that throws says no, since a value that it cannot read does not fit.
 */
export function loadOwnMatchers(modules: Readonly<Record<string, Record<string, unknown>>>): ParamMatchers {
  const own: Record<string, ParamMatcher> = Object.create(null);
  for (const [file, exported] of Object.entries(modules)) {
    if (!OWN_MATCHERS_FILE.test(file)) continue;
    for (const [name, value] of Object.entries(exported)) {
      const matcher = isMatcherName(name) ? toMatcher(value) : undefined;
      if (matcher !== undefined) own[name] = matcher;
    }
  }
  return own;
}

/** The matcher of that name; a project's own comes before a built-in one. */
export function findMatcher(name: string, own: ParamMatchers = {}): ParamMatcher | undefined {
  if (Object.hasOwn(own, name)) return own[name];
  return Object.hasOwn(BUILT_IN_MATCHERS, name) ? BUILT_IN_MATCHERS[name] : undefined;
}

function toMatcher(value: unknown): ParamMatcher | undefined {
  if (value instanceof RegExp)
    return fits(new RegExp(`^(?:${value.source})$`, value.flags.replace(/[gy]/g, "")));
  if (typeof value !== "function") return undefined;
  return (text) => {
    try {
      return Boolean(value(text));
    } catch {
      return false;
    }
  };
}

function fits(pattern: RegExp): ParamMatcher {
  return (value) => pattern.test(value);
}

function isCalendarDate(value: string): boolean {
  const match = DATE.exec(value);
  if (!match) return false;
  const [, year, month, day] = match.map(Number) as [number, number, number, number];
  const date = new Date(Date.UTC(2000, month - 1, day));
  // Set apart from the constructor, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
