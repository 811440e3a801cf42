// CF-Connecting-IP, by which functions on Pages know who asks (Cloudflare docs, "HTTP headers"). It is ours to
// set: what a client sends under that name is a claim, believed only from proxies that the site trusts. So is the
// mark of shadow runs, which nobody outside may set.

import { SHADOW_FIELD } from "../contract/migration.ts";
import { identifyClient, type TrustedProxies } from "../http/client-address.ts";
import { parseIpAddress } from "../http/ip-address.ts";

const FIELD = "cf-connecting-ip";
/** How a socket for both families writes an IPv4 address. */
const MAPPED = "::ffff:";

/** The request with the address of its client; runtimes whose requests cannot be changed give a copy. */
export function nameClient(request: Request, peer: string | undefined, trusted: TrustedProxies): Request {
  const { headers } = request;
  const address = addressOf(peer, trusted, (name) => headers.get(name));
  try {
    setField(headers, address);
    return request;
  } catch {
    const changed = new Headers(headers);
    setField(changed, address);
    return new Request(request, { headers: changed, redirect: "manual" });
  }
}

/** A request's head as Node has it: lines of name, value, name, value, and the same by name. */
export interface IncomingHead {
  rawHeaders: string[];
  headers: Record<string, string | string[] | undefined>;
}

/** The same for a head of which no Request is made yet. */
export function nameClientInHead(
  { rawHeaders, headers }: IncomingHead,
  peer: string | undefined,
  trusted: TrustedProxies,
): void {
  const address = addressOf(peer, trusted, (name) => headers[name]?.toString() ?? null);
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (isField(rawHeaders[index] as string)) rawHeaders.splice(index, 2);
  }
  delete headers[SHADOW_FIELD];
  if (address === undefined) delete headers[FIELD];
  else {
    rawHeaders.push(FIELD, address);
    headers[FIELD] = address;
  }
}

function setField(headers: Headers, address: string | undefined): void {
  headers.delete(SHADOW_FIELD);
  if (address === undefined) headers.delete(FIELD);
  else headers.set(FIELD, address);
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

/** Looks at the length first: this is asked of every field of every request. */
function isField(written: string): boolean {
  const isCandidate = written.length === FIELD.length || written.length === SHADOW_FIELD.length;
  if (!isCandidate) return false;
  const name = written.toLowerCase();
  return name === FIELD || name === SHADOW_FIELD;
}
