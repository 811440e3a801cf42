// What servers are told about the client: X-Forwarded-*, Forwarded (RFC 7239), Via (RFC 9110 §7.6.3).

import type { ForwardingStyle } from "../contract/routing.ts";
import type { ClientIdentity } from "../http/client-address.ts";

const PRODUCT = "1.1 causeway";

/** The fields of a style, name, value, name, value …; `peer` is who holds the connection to us. */
export function formatForwardedFields(
  style: ForwardingStyle,
  client: ClientIdentity,
  peer: string | undefined,
): string[] {
  const hops = peer === undefined ? client.chain : [...client.chain, peer];
  const fields = style === "x-forwarded" || style === "both" ? formatXForwarded(client, hops) : [];
  if (style === "forwarded" || style === "both") fields.push("forwarded", formatForwarded(client, hops));
  return fields;
}

/** Via with this hop added to those before. */
export function formatVia(received: string | null): string {
  return received ? `${received}, ${PRODUCT}` : PRODUCT;
}

function formatXForwarded({ scheme, host }: ClientIdentity, hops: readonly string[]): string[] {
  const fields = hops.length > 0 ? ["x-forwarded-for", hops.join(", ")] : [];
  fields.push("x-forwarded-proto", scheme);
  if (host !== "") fields.push("x-forwarded-host", host);
  return fields;
}

/** The facts stand with the first hop: they are about the client's own connection. */
function formatForwarded({ scheme, host }: ClientIdentity, hops: readonly string[]): string {
  const [first = "unknown", ...further] = hops;
  const facts = [
    `for=${formatNode(first)}`,
    ...(host === "" ? [] : [`host=${quote(host)}`]),
    `proto=${scheme}`,
  ];
  return [facts.join(";"), ...further.map((hop) => `for=${formatNode(hop)}`)].join(", ");
}

/** IPv6 addresses stand in brackets and quotes (§6). */
function formatNode(address: string): string {
  return address.includes(":") ? `"[${address.replace(/^\[|\]$/g, "")}]"` : address;
}

function quote(host: string): string {
  return /^[\w.-]+$/.test(host) ? host : `"${host.replace(/["\\]/g, "")}"`;
}
