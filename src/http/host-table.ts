// Which of many sites does a Host field mean? Names compare without case, port and closing dot (RFC 9110 §4.2.3,
// RFC 3986 §3.2.2); `*.example.com` stands for one label, as in certificates (RFC 6125 §6.4.3).

import { parseHost } from "./host.ts";

const WILDCARD = "*.";

/** A host name or pattern as it is compared; undefined for what is none. Other scripts become punycode. */
export function parseHostPattern(text: string): string | undefined {
  const isWildcard = text.startsWith(WILDCARD);
  const name = toAscii(isWildcard ? text.slice(WILDCARD.length) : text);
  const host = name === undefined ? undefined : parseHost(name);
  if (host === undefined || host.port !== undefined || (isWildcard && host.hostname.startsWith("["))) {
    return undefined;
  }
  const canonical = canonicalName(host.hostname);
  return canonical === "" ? undefined : `${isWildcard ? WILDCARD : ""}${canonical}`;
}

/** What host names lead to: exact names first, then the pattern around the first label. */
export class HostTable<T> {
  readonly #values = new Map<string, T>();

  /** Adds a name or pattern in the form of `parseHostPattern`; the first value of a name stays. */
  add(pattern: string, value: T): void {
    if (!this.#values.has(pattern)) this.#values.set(pattern, value);
  }

  /** Looks up the host name of a `parseHost` result. */
  find(hostname: string): T | undefined {
    const name = canonicalName(hostname);
    const exact = this.#values.get(name);
    if (exact !== undefined) return exact;
    const dot = name.indexOf(".");
    return dot <= 0 ? undefined : this.#values.get(WILDCARD + name.slice(dot + 1));
  }
}

/** One closing dot names the same host. IPv6 addresses have several spellings of which one is kept. */
function canonicalName(hostname: string): string {
  if (hostname.startsWith("[")) return new URL(`http://${hostname}/`).hostname;
  return hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
}

function toAscii(name: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything in ASCII is left as it is.
  if (/^[\x00-\x7f]*$/.test(name)) return name;
  if (/[/?#@:\\\s]/.test(name) || !URL.canParse(`http://${name}/`)) return undefined;
  return new URL(`http://${name}/`).hostname;
}
