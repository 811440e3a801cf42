// Which names of fields mean the same to somebody? Servers with CGI's variables read `x_user` and `x.user` as `x-user`.

import { parseConnectionOptions } from "./hop-by-hop.ts";

/** A name as the most careless reader understands it. */
export function foldFieldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "-");
}

/** The fields of a request that could be taken for one of these; the names are folded ones. */
export function listAliases(headers: Headers, folded: ReadonlySet<string>): string[] {
  const found: string[] = [];
  headers.forEach((_, name) => {
    if (folded.has(foldFieldName(name))) found.push(name);
  });
  return found;
}

/**
 * Connection without the names that must reach the next server (RFC 9110 §7.6.1 would have them removed);
 * undefined if it names none of them.
 */
export function keepFromConnection(
  connection: string | null,
  folded: ReadonlySet<string>,
): string | undefined {
  const options = parseConnectionOptions(connection);
  const kept = options.filter((option) => !folded.has(foldFieldName(option)));
  return kept.length === options.length ? undefined : kept.join(", ");
}
