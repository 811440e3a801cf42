// Which request fields did an answer depend on? RFC 9110 §12.5.5.

/** Adds a field name to Vary unless it, or `*`, is there already. */
export function addVary(headers: Headers, name: string): void {
  const present = headers.get("vary");
  if (!present?.trim()) headers.set("vary", name);
  else if (!parseVary(present).some((field) => field === "*" || field === name.toLowerCase())) {
    headers.set("vary", `${present}, ${name}`);
  }
}

/** The lower-case field names of a Vary field, `*` included. */
export function parseVary(field: string): string[] {
  return field
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}
