// What Node's server knows of a request: the source of the Request that the edge gets. RFC 9112 §6 for the body.

import type { IncomingMessage } from "node:http";
import { Readable, type Writable } from "node:stream";
import { joinChunks } from "../../http/join-chunks.ts";
import { type RequestSource, ServerRequest } from "../server-request.ts";
import { NodeHeaders } from "./node-headers.ts";

/** Makes the Request. The answer goes to `outgoing`; the URL is canonical; `lines` are the fields, read when somebody asks for them. */
export function createNodeRequest(
  incoming: IncomingMessage,
  outgoing: Writable,
  url: string,
  lines: () => readonly string[],
): Request {
  return new ServerRequest(new NodeRequestSource(incoming, outgoing, url, lines)) as unknown as Request;
}

class NodeRequestSource implements RequestSource {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: Writable;
  readonly #lines: () => readonly string[];
  #abort: AbortController | undefined;
  readonly method: string;
  readonly url: string;
  readonly hasBody: boolean;

  constructor(incoming: IncomingMessage, outgoing: Writable, url: string, lines: () => readonly string[]) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#lines = lines;
    this.method = incoming.method as string;
    this.url = url;
    this.hasBody = this.method !== "GET" && this.method !== "HEAD" && isFramed(incoming);
  }

  makeHeaders(): Headers {
    return new NodeHeaders(this.#lines()) as unknown as Headers;
  }

  signal(): AbortSignal {
    this.#abort ??= abortWith(this.#outgoing);
    return this.#abort.signal;
  }

  openBody(): ReadableStream<Uint8Array> {
    return Readable.toWeb(this.#incoming) as ReadableStream<Uint8Array>;
  }

  async readBody(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#incoming) chunks.push(chunk as Buffer);
    // A single chunk is part of a buffer that belongs to Node.
    return new Uint8Array(joinChunks(chunks));
  }
}

/** Whether the request has a body, be it empty. */
function isFramed({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
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
  if (incoming.complete || incoming.destroyed) return;
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
