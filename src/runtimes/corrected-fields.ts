// The fields of an incoming request, with what it says of its client, its host and its trace put right. The mark of shadow
// runs is left out, which nobody outside may set.

import { SHADOW_FIELD } from "../contract/migration.ts";
import type { TrustedProxies } from "../http/client-address.ts";
import { isTraceField, mayCarryTrace, PARENT_FIELD } from "./carry-trace.ts";
import type { FieldSource } from "./lazy-headers.ts";
import { CLIENT_FIELD, clientAddressOf } from "./name-client.ts";
import type { Peer } from "./request-context.ts";

/** The client is named by us, whatever the request claims; a trace that is none is left out. */
export class CorrectedFields implements FieldSource {
  readonly #source: FieldSource;
  readonly #peer: Peer;
  readonly #trusted: TrustedProxies;
  readonly #host: () => string | undefined;

  /** `host` tells that of an absolute target, which replaces the field (RFC 9112 §3.2.2). */
  constructor(source: FieldSource, peer: Peer, trusted: TrustedProxies, host: () => string | undefined) {
    this.#source = source;
    this.#peer = peer;
    this.#trusted = trusted;
    this.#host = host;
  }

  find(name: string): string | null {
    if (name === CLIENT_FIELD) return this.#clientAddress() ?? null;
    if (name === "host") return this.#host() ?? this.#source.find(name);
    return this.#isLeftOut(name) ? null : this.#source.find(name);
  }

  list(): [name: string, value: string][] {
    const fields: [string, string][] = [];
    for (const field of this.#source.list()) {
      const [name] = field;
      if (name === CLIENT_FIELD || this.#isLeftOut(name)) continue;
      if (name === "host") field[1] = this.#host() ?? field[1];
      fields.push(field);
    }
    const address = this.#clientAddress();
    if (address !== undefined) fields.push([CLIENT_FIELD, address]);
    return fields;
  }

  #isLeftOut(name: string): boolean {
    if (name === SHADOW_FIELD) return true;
    return isTraceField(name) && !mayCarryTrace(this.#source.find(PARENT_FIELD));
  }

  #clientAddress(): string | undefined {
    return clientAddressOf(this.#peer.address, this.#trusted, (name) => this.#source.find(name));
  }
}
