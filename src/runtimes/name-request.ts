// What is a request called? A proxy that the site trusts may have named it (X-Request-ID); a client's own name for
// it could pass for another request in the log.

import type { TrustedProxies } from "../http/client-address.ts";
import { plainAddress } from "./name-client.ts";
import type { Peer } from "./request-context.ts";

const FIELD = "x-request-id";
/** What load balancers write: UUIDs, hexadecimal digits, tokens. Nothing that a log would have to escape. */
const NAME = /^[\w.:=+/@-]{1,128}$/;

/** The id that a trusted proxy gave the request; undefined if it has to be given one here. */
export function requestIdOf(
  peer: Peer,
  trusted: TrustedProxies,
  read: (name: string) => string | null,
): string | undefined {
  // Most sites stand behind nobody, and nothing is looked at.
  if (trusted.trustsNobody || !trusted.trusts(plainAddress(peer.address))) return undefined;
  const name = read(FIELD);
  return name !== null && NAME.test(name) ? name : undefined;
}
