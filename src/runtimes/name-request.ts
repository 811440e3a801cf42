// What is a request called? A proxy that the site trusts may have named it (X-Request-ID); a client's own name for
// it could pass for another request in the log.

import type { TrustedProxies } from "../http/client-address.ts";
import { type IncomingHead, plainAddress } from "./name-client.ts";

const FIELD = "x-request-id";
/** What load balancers write: UUIDs, hexadecimal digits, tokens. Nothing that a log would have to escape. */
const NAME = /^[\w.:=+/@-]{1,128}$/;

/** The id that a trusted proxy gave the request; undefined if it has to be given one here. */
export function requestIdOf(
  request: Request,
  peer: string | undefined,
  trusted: TrustedProxies,
): string | undefined {
  // Most sites stand behind nobody, and no field is looked at.
  if (trusted.trustsNobody || !trusted.trusts(plainAddress(peer))) return undefined;
  return checkName(request.headers.get(FIELD));
}

/** The same for a head of which no Request is made yet. */
export function requestIdOfHead(
  { headers }: Pick<IncomingHead, "headers">,
  peer: string | undefined,
  trusted: TrustedProxies,
): string | undefined {
  if (trusted.trustsNobody || !trusted.trusts(plainAddress(peer))) return undefined;
  return checkName(headers[FIELD]?.toString());
}

function checkName(name: string | null | undefined): string | undefined {
  return name && NAME.test(name) ? name : undefined;
}
