// How is text of a file name spelt in the path of a URL? URL Standard, path percent-encode set.

/** What a URL parser encodes in a path, with `?`, `#` and `\`, which there would mean something else. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the set begins with the C0 controls
const ENCODED_IN_PATHS = /[\x00-\x20"#<>?\\^`{}\x7f-\u{10ffff}]+/gu;

/**
 * Text of a file name, or of a decoded path, in the spelling that a URL's pathname has. Escapes that are
 * already there stay: a file called `a%20b.js` answers `/a%20b`, as on Pages.
 */
export function encodePathText(text: string): string {
  return text.replace(ENCODED_IN_PATHS, (run) => encodeURIComponent(run.toWellFormed()));
}

/** The form in which literal text is compared: ASCII case does not count, and encoding leaves only ASCII. */
export function foldPathText(text: string): string {
  return encodePathText(text).toLowerCase();
}

/** Deno's URL parser leaves `^` as it is; the URL Standard and the other runtimes encode it. */
export function normalizePathname(pathname: string): string {
  return pathname.includes("^") ? pathname.replaceAll("^", "%5E") : pathname;
}
