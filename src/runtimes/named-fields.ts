// The fields of an incoming request, with the client named by us whatever the request claims.

import type { TrustedProxies } from "../http/client-address.ts";
import type { FieldSource } from "./lazy-headers.ts";
import { CLIENT_FIELD, nameClient } from "./name-client.ts";
import type { Peer } from "./request-context.ts";

/** Puts the name of the client over what a source says of it. */
export class NamedFields implements FieldSource {
  readonly #source: FieldSource;
  readonly #peer: Peer;
  readonly #trusted: TrustedProxies;

  constructor(source: FieldSource, peer: Peer, trusted: TrustedProxies) {
    this.#source = source;
    this.#peer = peer;
    this.#trusted = trusted;
  }

  find(name: string): string | null {
    return name === CLIENT_FIELD ? (this.#nameClient() ?? null) : this.#source.find(name);
  }

  list(): [name: string, value: string][] {
    const fields = this.#source.list().filter(([name]) => name !== CLIENT_FIELD);
    const address = this.#nameClient();
    if (address === undefined) return fields;
    const place = fields.findIndex(([name]) => name > CLIENT_FIELD);
    return fields.toSpliced(place === -1 ? fields.length : place, 0, [CLIENT_FIELD, address]);
  }

  #nameClient(): string | undefined {
    return nameClient(this.#peer.address, this.#trusted, (name) => this.#source.find(name));
  }
}
