// What does one cookie of a request hold? RFC 6265 §5.4, read as servers read it.

/** The value of the first cookie with this name, as it stands; undefined if there is none. */
export function readCookie(field: string | null, name: string): string | undefined {
  if (field === null || !field.includes(name)) return undefined;
  for (const pair of field.split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return unquote(pair.slice(equals + 1).trim());
  }
  return undefined;
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
