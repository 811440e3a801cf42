// What Node's server knows of a request: the source of the Request that the edge gets. RFC 9112 §6 for the body.

import type { IncomingMessage } from "node:http";
import type { Writable } from "node:stream";
import { joinChunks } from "../../http/join-chunks.ts";
import { type FieldSource, LazyHeaders } from "../lazy-headers.ts";
import { type RequestSource, ServerRequest } from "../server-request.ts";
import { isFramed } from "./framing.ts";

/** Makes the Request. The answer goes to `outgoing`; the URL is canonical. */
export function createNodeRequest(
  incoming: IncomingMessage,
  outgoing: Writable,
  url: string,
  fields: FieldSource,
): Request {
  return new ServerRequest(new NodeRequestSource(incoming, outgoing, url, fields)) as unknown as Request;
}

/** The fields as Node received them: name, value, name, value … */
export class LineFields implements FieldSource {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  find(name: string): string | null {
    let found: string | null = null;
    for (let index = 0; index < this.#lines.length; index += 2) {
      const candidate = this.#lines[index] as string;
      if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
      const value = this.#lines[index + 1] as string;
      found = found === null ? value : `${found}${separatorOf(name)}${value}`;
    }
    return found;
  }

  list(): [name: string, value: string][] {
    const joined = new Map<string, string>();
    const cookies: [string, string][] = [];
    for (let index = 0; index < this.#lines.length; index += 2) {
      const name = (this.#lines[index] as string).toLowerCase();
      const value = this.#lines[index + 1] as string;
      const before = joined.get(name);
      if (name === "set-cookie") cookies.push([name, value]);
      else joined.set(name, before === undefined ? value : `${before}${separatorOf(name)}${value}`);
    }
    return [...joined, ...cookies].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  }
}

/** Between the lines of one field (Fetch standard, "combine"; RFC 9113 §8.2.3 for Cookie). */
function separatorOf(name: string): string {
  return name === "cookie" ? "; " : ", ";
}

class NodeRequestSource implements RequestSource {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: Writable;
  readonly #fields: FieldSource;
  #abort: AbortController | undefined;
  readonly method: string;
  readonly url: string;
  readonly hasBody: boolean;

  constructor(incoming: IncomingMessage, outgoing: Writable, url: string, fields: FieldSource) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#fields = fields;
    this.method = incoming.method as string;
    this.url = url;
    this.hasBody = this.method !== "GET" && this.method !== "HEAD" && isFramed(incoming.rawHeaders);
  }

  makeHeaders(): Headers {
    return new LazyHeaders(this.#fields) as unknown as Headers;
  }

  signal(): AbortSignal {
    this.#abort ??= abortWith(this.#outgoing);
    return this.#abort.signal;
  }

  openBody(): ReadableStream<Uint8Array> {
    // Not Readable.toWeb: what it gets after it has been cancelled it throws at the process.
    const chunks = this.#incoming.iterator({ destroyOnReturn: false });
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(toBytes(value as Buffer));
        },
        async cancel() {
          await chunks.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }

  async readBody(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#incoming) chunks.push(chunk as Buffer);
    // A single chunk is part of a buffer that belongs to Node.
    return new Uint8Array(joinChunks(chunks));
  }
}

/** As everywhere: functions get no Buffer, whose methods differ. */
function toBytes({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Aborts if the connection closes before the answer is complete. */
function abortWith(outgoing: Writable): AbortController {
  const controller = new AbortController();
  const onClose = () => {
    if (!outgoing.writableFinished) controller.abort(new DOMException("The client is gone", "AbortError"));
  };
  if (outgoing.closed || outgoing.destroyed) onClose();
  else outgoing.once("close", onClose);
  return controller;
}

/** Bytes of a body nobody wants that are read all the same, so that the connection can be kept. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** And the time for them; as nginx's lingering_timeout. */
const UNREAD_TIMEOUT_MS = 5_000;

/**
 * Reads what is left of a body after its answer has been sent, within limits; beyond them the connection is
 * closed. Closing at once could take the answer away from a client that is still sending (RFC 9112 §9.6).
 */
export function discardUnread(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed || !isFramed(incoming.rawHeaders)) return;
  const { socket } = incoming;
  let bytes = 0;
  const timer = setTimeout(() => socket.destroySoon(), UNREAD_TIMEOUT_MS).unref();
  incoming.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_UNREAD_BYTES) socket.destroySoon();
  });
  incoming.once("close", () => clearTimeout(timer));
  incoming.resume();
}
