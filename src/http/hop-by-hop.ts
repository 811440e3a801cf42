// Which fields belong to one connection only and end at every intermediary? RFC 9110 §7.6.1.

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a field, by its lower-case name, is hop-by-hop without being listed in Connection. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

/** The lower-case names that the Connection field adds to the hop-by-hop ones. */
export function parseConnectionOptions(field: string | null): string[] {
  if (field === null) return [];
  return field
    .split(",")
    .map((option) => option.trim().toLowerCase())
    .filter((option) => option !== "");
}

/** Removes everything that must not be forwarded: the standard fields and those named in Connection. */
export function removeHopByHop(headers: Headers): void {
  const named = parseConnectionOptions(headers.get("connection"));
  for (const name of [...HOP_BY_HOP, ...named]) if (isFieldName(name)) headers.delete(name);
}

/** Headers.delete throws on what is no token, and Connection comes from the network. */
function isFieldName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name);
}
