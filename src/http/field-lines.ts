// The field lines of a message's head, read strictly: what two readers could read in two ways is refused, not mended.
// RFC 9112 §5, RFC 9110 §5.

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/** Controls but the tab, and what is no byte. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

const TAB = 0x09;
const SPACE = 0x20;

/** Spellings that were met before, with the name in lower case: most messages use the same few. */
const names = new Map<string, string>();
const MAX_NAMES = 1_024;
const MAX_NAME_LENGTH = 64;

/**
 * Reads lines that each end with CRLF, from `start` to `end`, each character one byte: name (in lower case), value,
 * name, value … Undefined if one is malformed: a name that is no token or is followed by white space, a folded line,
 * a CR or LF that is not both, a control character.
 */
export function parseFieldLines(text: string, start: number, end: number): string[] | undefined {
  const fields: string[] = [];
  for (let at = start; at < end; ) {
    const colon = text.indexOf(":", at);
    const lineEnd = text.indexOf("\r", at);
    if (colon <= at || colon > lineEnd) return undefined;
    const name = readName(text.slice(at, colon));
    if (name === undefined || text.indexOf("\n", colon) !== lineEnd + 1) return undefined;
    const value = trimmed(text, colon + 1, lineEnd);
    if (FORBIDDEN.test(value)) return undefined;
    fields.push(name, value);
    at = lineEnd + 2;
  }
  return fields;
}

/** Whether a text is a token: the name of a field, a method. RFC 9110 §5.6.2. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Names of fields that were found to be good: messages use the same few. */
const goodNames = new Set<string>();

/** Whether a text is the name of a field in lower case. */
export function isFieldName(text: string): boolean {
  if (goodNames.has(text)) return true;
  if (!TOKEN.test(text) || text !== text.toLowerCase()) return false;
  if (goodNames.size < MAX_NAMES && text.length <= MAX_NAME_LENGTH) goodNames.add(detached(text));
  return true;
}

/** Whether a text can be the value of a field, each character one byte. RFC 9110 §5.5. */
export function isFieldValue(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/** A copy, for what is remembered: a slice would keep the whole head that it was cut from. */
export function detached(text: string): string {
  return text.split("").join("");
}

function readName(spelling: string): string | undefined {
  const known = names.get(spelling);
  if (known !== undefined) return known;
  if (!TOKEN.test(spelling)) return undefined;
  const name = spelling.toLowerCase();
  if (names.size >= MAX_NAMES || spelling.length > MAX_NAME_LENGTH) return name;
  const kept = detached(name);
  names.set(spelling === name ? kept : detached(spelling), kept);
  return kept;
}

/** Without the white space around it (OWS). */
function trimmed(text: string, start: number, end: number): string {
  let first = start;
  let last = end;
  while (first < last && isBlank(text.charCodeAt(first))) first += 1;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
