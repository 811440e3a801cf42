// What Bun's and Deno's servers know of a request: the source of the Request that the edge gets.

import type { TrustedProxies } from "../http/client-address.ts";
import { toCanonicalUrl } from "./canonical-url.ts";
import { CorrectedFields } from "./corrected-fields.ts";
import { LazyHeaders } from "./lazy-headers.ts";
import type { Peer } from "./request-context.ts";
import { type RequestSource, ServerRequest } from "./server-request.ts";

/** Makes the Request out of the one that the runtime made. */
export function createFetchRequest(
  original: Request,
  peer: Peer,
  trusted: TrustedProxies,
  signal?: () => AbortSignal,
): Request {
  return new ServerRequest(new FetchRequestSource(original, peer, trusted, signal)) as unknown as Request;
}

class FetchRequestSource implements RequestSource {
  readonly #original: Request;
  readonly #peer: Peer;
  readonly #trusted: TrustedProxies;
  readonly #signal: (() => AbortSignal) | undefined;
  readonly method: string;
  readonly url: string;
  readonly hasBody: boolean;

  constructor(original: Request, peer: Peer, trusted: TrustedProxies, signal?: () => AbortSignal) {
    this.#original = original;
    this.#peer = peer;
    this.#trusted = trusted;
    this.#signal = signal;
    this.method = original.method;
    this.url = toCanonicalUrl(original.url);
    this.hasBody = this.method !== "GET" && this.method !== "HEAD" && isFramed(original.headers);
  }

  makeHeaders(): Headers {
    const { headers } = this.#original;
    const fields = { find: (name: string) => headers.get(name), list: () => [...headers] };
    const host = () => replacedHost(headers.get("host"), this.url);
    return new LazyHeaders(
      new CorrectedFields(fields, this.#peer, this.#trusted, host),
    ) as unknown as Headers;
  }

  signal(): AbortSignal {
    return this.#signal?.() ?? this.#original.signal;
  }

  openBody(): ReadableStream<Uint8Array> {
    return this.#original.body ?? new Blob([]).stream();
  }

  async readBody(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#original.arrayBuffer());
  }
}

/** The host that an absolute target has named in place of the field: the URL has it. */
function replacedHost(field: string | null, url: string): string | undefined {
  const start = url.indexOf("://") + 3;
  const authority = url.slice(start, url.indexOf("/", start));
  return field === null || field.toLowerCase() === authority ? undefined : authority;
}

/** Whether the request has a body, be it empty (RFC 9112 §6). */
function isFramed(headers: Headers): boolean {
  return headers.has("content-length") || headers.has("transfer-encoding");
}
