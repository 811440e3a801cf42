// CF-Connecting-IP, by which functions on Pages know who asks (Cloudflare docs, "HTTP headers"). It is ours to
// set: what a client sends under that name is a claim, believed only from proxies that the site trusts.

import { identifyClient, type TrustedProxies } from "../http/client-address.ts";
import { parseIpAddress } from "../http/ip-address.ts";

const FIELD = "cf-connecting-ip";
/** How a socket for both families writes an IPv4 address. */
const MAPPED = "::ffff:";

/** Names the client in a request's headers, which are changed and given back. */
export function nameClient(headers: Headers, peer: string | undefined, trusted: TrustedProxies): Headers {
  const address = addressOf(peer, trusted, (name) => headers.get(name));
  if (address === undefined) headers.delete(FIELD);
  else headers.set(FIELD, address);
  return headers;
}

/** The same for fields as they came: name, value, name, value … */
export function nameClientInLines(
  lines: readonly string[],
  peer: string | undefined,
  trusted: TrustedProxies,
): string[] {
  const address = addressOf(peer, trusted, (name) => findValue(lines, name));
  const named = lines.filter((_, index) => !isNamed(lines[index - (index % 2)] as string, FIELD));
  return address === undefined ? named : [...named, FIELD, address];
}

/**
 * A trusted proxy has named the client in X-Forwarded-For or, without one, in this field; else the peer is the
 * client. In this order: Cloudflare sends both, other proxies know the first and pass a client's own copy of the
 * second on.
 */
function addressOf(
  peer: string | undefined,
  trusted: TrustedProxies,
  read: (name: string) => string | null,
): string | undefined {
  const address = peer?.startsWith(MAPPED) ? peer.slice(MAPPED.length) : peer;
  if (!trusted.trusts(address)) return address;
  const forwarded = read("x-forwarded-for");
  if (forwarded !== null) {
    const headers = new Headers({ "x-forwarded-for": forwarded });
    return identifyClient({ address, scheme: "http", host: "" }, headers, trusted).address;
  }
  const named = read(FIELD);
  return named !== null && parseIpAddress(named) !== undefined ? named : address;
}

function findValue(lines: readonly string[], name: string): string | null {
  const values = lines.filter((_, index) => index % 2 === 1 && isNamed(lines[index - 1] as string, name));
  return values.length === 0 ? null : values.join(", ");
}

function isNamed(written: string, name: string): boolean {
  return written.length === name.length && written.toLowerCase() === name;
}
