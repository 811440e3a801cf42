// The same key goes to the same server as long as that one is there, and when a server comes or goes, only its
// share of the keys moves. Weighted rendezvous hashing: every server draws a number from key and name.

import type { HashKey } from "../../contract/routing.ts";
import { readCookie } from "../../http/cookie.ts";
import { hash } from "../../http/spread-hash.ts";
import type { ServerState } from "../server-state.ts";
import type { BalancedRequest, Policy } from "./policy.ts";

/** Requests without the key, such as a first visit without the cookie, are left to `otherwise`. */
export function createConsistentHash(key: HashKey, otherwise: Policy): Policy {
  return {
    select(candidates, request) {
      const text = readKey(key, request);
      if (text === undefined) return otherwise.select(candidates, request);
      const scores = candidates.map((candidate) => scoreOf(text, candidate));
      return candidates[scores.indexOf(Math.max(...scores))];
    },
  };
}

function readKey(key: HashKey, { target, headers, clientAddress }: BalancedRequest): string | undefined {
  switch (key.kind) {
    case "uri":
      return target;
    case "client-address":
      return clientAddress;
    case "header":
      return headers.get(key.name) ?? undefined;
    case "cookie":
      return readCookie(headers.get("cookie"), key.name);
  }
}

/** Configured weights only: a slow start must not move keys about. */
function scoreOf(key: string, { server, settings }: ServerState): number {
  const draw = (hash(`${server.id}\0${key}`) + 0.5) / 2 ** 32;
  return settings.weight / -Math.log(draw);
}
