// Whom does a Host field (or the authority of an absolute target) name? RFC 9112 §3.2, RFC 9110 §7.2.

export interface Host {
  /** Lower case; IPv6 addresses in brackets. */
  hostname: string;
  port: number | undefined;
}

const MAX_NAME_LENGTH = 255;
/** Stricter than the reg-name of RFC 3986: what is no DNS name only serves to confuse whoever reads it next. */
const NAME = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{0,5}))?$/;

/** Reads `name`, `name:port`, `[v6]:port`; undefined for everything that must be answered 400. */
export function parseHost(field: string): Host | undefined {
  const match = AUTHORITY.exec(field.toLowerCase());
  if (!match?.[1]) return undefined;
  const hostname = match[1];
  const port = match[2] ? Number(match[2]) : undefined;
  if (port !== undefined && port > 65_535) return undefined;
  return isHostname(hostname) ? { hostname, port } : undefined;
}

function isHostname(hostname: string): boolean {
  if (hostname.startsWith("[")) return URL.canParse(`http://${hostname}/`);
  return hostname.length <= MAX_NAME_LENGTH && NAME.test(hostname);
}
