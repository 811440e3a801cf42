// What Node's server knows of a request: the source of the Request that the edge gets.

import { Cancellation, type CancelSignal } from "../../contract/cancellation.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import { type FieldSource, LazyHeaders } from "../lazy-headers.ts";
import { type RequestSource, ServerRequest } from "../server-request.ts";

/** The answer, or the socket of an upgraded request: tells when the client leaves. */
export interface Departure {
  readonly writableFinished: boolean;
  readonly closed: boolean;
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** Makes the Request. The answer goes to `outgoing`; the URL is canonical. */
export function createNodeRequest(
  incoming: IncomingRequest,
  outgoing: Departure,
  url: string,
  fields: FieldSource,
): Request {
  return new ServerRequest(new NodeRequestSource(incoming, outgoing, url, fields)) as unknown as Request;
}

/** The fields as they were received: name (in lower case), value, name, value … */
export class LineFields implements FieldSource {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  find(name: string): string | null {
    let found: string | null = null;
    for (let index = 0; index < this.#lines.length; index += 2) {
      if (this.#lines[index] !== name) continue;
      const value = this.#lines[index + 1] as string;
      found = found === null ? value : `${found}${separatorOf(name)}${value}`;
    }
    return found;
  }

  list(): [name: string, value: string][] {
    const lines = this.#lines;
    const fields: [string, string][] = [];
    const places = new Map<string, [string, string]>();
    for (let index = 0; index < lines.length; index += 2) {
      const name = lines[index] as string;
      const value = lines[index + 1] as string;
      const before = places.get(name);
      if (before !== undefined) {
        before[1] += `${separatorOf(name)}${value}`;
        continue;
      }
      const field: [string, string] = [name, value];
      fields.push(field);
      if (name !== "set-cookie") places.set(name, field);
    }
    return fields;
  }
}

/** Between the lines of one field (Fetch standard, "combine"; RFC 9113 §8.2.3 for Cookie). */
function separatorOf(name: string): string {
  return name === "cookie" ? "; " : ", ";
}

class NodeRequestSource implements RequestSource {
  readonly #incoming: IncomingRequest;
  readonly #outgoing: Departure;
  readonly #fields: FieldSource;
  #abort: AbortController | undefined;
  #departure: Cancellation | undefined;
  readonly method: string;
  readonly url: string;
  readonly hasBody: boolean;

  constructor(incoming: IncomingRequest, outgoing: Departure, url: string, fields: FieldSource) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#fields = fields;
    this.method = incoming.method;
    this.url = url;
    this.hasBody = this.method !== "GET" && this.method !== "HEAD" && incoming.isFramed;
  }

  makeHeaders(): Headers {
    return new LazyHeaders(this.#fields) as unknown as Headers;
  }

  signal(): AbortSignal {
    this.#abort ??= abortWith(this.#outgoing, new AbortController());
    return this.#abort.signal;
  }

  departure(): CancelSignal {
    this.#departure ??= abortWith(this.#outgoing, new Cancellation());
    return this.#departure;
  }

  openBody(): ReadableStream<Uint8Array> {
    return this.#incoming.body?.stream() ?? (new Blob().stream() as ReadableStream<Uint8Array>);
  }

  async readBody(): Promise<Uint8Array<ArrayBuffer>> {
    const { body } = this.#incoming;
    // What is read together with the head shares its memory.
    return body === undefined ? new Uint8Array() : new Uint8Array(await body.readAll());
  }
}

/** Aborts if the connection closes before the answer is complete. */
function abortWith<Controller extends { abort(reason: unknown): void }>(
  outgoing: Departure,
  controller: Controller,
): Controller {
  const onClose = () => {
    if (!outgoing.writableFinished) controller.abort(new DOMException("The client is gone", "AbortError"));
  };
  if (outgoing.closed || outgoing.destroyed) onClose();
  else outgoing.once("close", onClose);
  return controller;
}
