// Who is the client, when proxies stand in between? Forwarding fields are claims: they are believed only from
// proxies that the configuration trusts, hop by hop from the nearest one. X-Forwarded-*; RFC 7239.

import { parseHost } from "./host.ts";
import { type AddressRange, isInRanges, parseAddressRange, parseIpAddress } from "./ip-address.ts";

/** What a server may tell others about a client. */
export interface ClientIdentity {
  /** Undefined where the transport has none and no trusted proxy named one. */
  address: string | undefined;
  scheme: "http" | "https";
  host: string;
  /** Addresses of the hops before, as trusted proxies reported them, the client's first. */
  chain: readonly string[];
}

/** The connection that a request came on. */
export interface PeerFacts {
  /** Undefined on unix sockets. */
  address: string | undefined;
  scheme: "http" | "https";
  host: string;
}

/** Fields with which strangers could pretend to be somebody else; none of them goes on as it came. */
export const FORWARDING_FIELDS: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-server",
  "x-forwarded-ssl",
  "x-forwarded-scheme",
  "x-original-url",
  "x-rewrite-url",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "front-end-https",
];

/** How `unix` in a list of trusted proxies names peers without an address. */
const UNIX_PEERS = "unix";

/** Which peers are trusted. */
export class TrustedProxies {
  readonly #ranges: AddressRange[];
  readonly #trustsUnix: boolean;

  /** Addresses, CIDR ranges or `unix`; a text that is none of them trusts nobody. */
  constructor(list: readonly string[]) {
    this.#trustsUnix = list.includes(UNIX_PEERS);
    this.#ranges = list.map(parseAddressRange).filter((range) => range !== undefined);
  }

  /** Whether there is nobody to trust, which spares looking. */
  get trustsNobody(): boolean {
    return this.#ranges.length === 0 && !this.#trustsUnix;
  }

  trusts(address: string | undefined): boolean {
    if (address === undefined) return this.#trustsUnix;
    if (this.#ranges.length === 0) return false;
    const number = parseIpAddress(address);
    return number !== undefined && isInRanges(number, this.#ranges);
  }
}

/** Whether a text may stand in a list of trusted proxies. */
export function isTrustedProxyText(text: string): boolean {
  return text === UNIX_PEERS || parseAddressRange(text) !== undefined;
}

/** Finds out who asks: the nearest hop that no trusted proxy vouches for. */
export function identifyClient(peer: PeerFacts, headers: Headers, trusted: TrustedProxies): ClientIdentity {
  const { address, scheme, host } = peer;
  if (!trusted.trusts(address)) return { address, scheme, host, chain: [] };
  const chain = readChain(headers.get("x-forwarded-for"), trusted);
  return {
    address: chain[0] ?? address,
    scheme: readScheme(headers) ?? scheme,
    host: readHost(headers) ?? host,
    chain,
  };
}

/** From the right: what a trusted proxy reported counts, and goes on as long as that one is trusted too. */
function readChain(field: string | null, trusted: TrustedProxies): string[] {
  const hops = (field ?? "").split(",").map((hop) => withoutPort(hop.trim()));
  const chain: string[] = [];
  for (const hop of hops.reverse()) {
    if (parseIpAddress(hop) === undefined) break;
    chain.unshift(hop);
    if (!trusted.trusts(hop)) break;
  }
  return chain;
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const match = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/.exec(hop);
  return match?.[1] ?? match?.[2] ?? hop;
}

/** The last value is the one that the trusted peer itself has written or passed on. */
function lastValue(field: string | null): string | undefined {
  return field?.split(",").at(-1)?.trim();
}

function readScheme(headers: Headers): "http" | "https" | undefined {
  const scheme = lastValue(headers.get("x-forwarded-proto"))?.toLowerCase();
  return scheme === "http" || scheme === "https" ? scheme : undefined;
}

function readHost(headers: Headers): string | undefined {
  const host = lastValue(headers.get("x-forwarded-host"));
  return host !== undefined && parseHost(host) !== undefined ? host.toLowerCase() : undefined;
}
