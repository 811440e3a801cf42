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

  toHeaders(): Headers {
    const headers = this.#source.toHeaders();
    const address = this.#nameClient();
    if (address === undefined) headers.delete(CLIENT_FIELD);
    else headers.set(CLIENT_FIELD, address);
    return headers;
  }

  #nameClient(): string | undefined {
    return nameClient(this.#peer.address, this.#trusted, (name) => this.#source.find(name));
  }
}
