// CF-Connecting-IP, by which functions on Pages know who asks (Cloudflare docs, "HTTP headers"). It is ours to
// set: what a client sends under that name is a claim, believed only from proxies that the site trusts.

import { identifyClient, type TrustedProxies } from "../http/client-address.ts";
import { parseIpAddress } from "../http/ip-address.ts";

export const CLIENT_FIELD = "cf-connecting-ip";
/** How a socket for both families writes an IPv4 address. */
const MAPPED = "::ffff:";

/**
 * The value of the field. A trusted proxy has named the client in X-Forwarded-For or, without one, in this field;
 * else the peer is the client. In this order: Cloudflare sends both, other proxies know the first and pass a
 * client's own copy of the second on.
 */
export function nameClient(
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
  const named = read(CLIENT_FIELD);
  return named !== null && parseIpAddress(named) !== undefined ? named : address;
}
