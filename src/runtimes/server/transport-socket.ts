// uwsgi and FastCGI over TCP and unix sockets, plain or TLS: one connection per request, as these servers expect.

import type { Socket } from "node:net";
import type { CancelSignal } from "../../contract/cancellation.ts";
import {
  type ExchangeObserver,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { hasNoBody } from "../../proxy/forward-response.ts";
import { createCgiVariables } from "../../proxy/protocols/cgi-variables.ts";
import {
  encodeFastCgiBody,
  encodeFastCgiEnd,
  encodeFastCgiHead,
  FastCgiDecoder,
} from "../../proxy/protocols/fastcgi.ts";
import type { DecodedPart, ResponseDecoder } from "../../proxy/protocols/response-decoder.ts";
import { createUwsgiDecoder, encodeUwsgiPacket } from "../../proxy/protocols/uwsgi.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import { openUpstreamSocket } from "./open-upstream-socket.ts";
import { readWhole } from "./read-whole.ts";
import { socketDrained } from "./socket-drained.ts";

/** What tells the two protocols apart. */
interface Encoding {
  encodeHead(variables: string[]): Uint8Array;
  encodeBody(chunk: Uint8Array): Uint8Array;
  /** After the body; undefined where nothing marks its end. */
  end: Uint8Array | undefined;
  createDecoder(hasBody: (status: number) => boolean): ResponseDecoder;
}

const UWSGI: Encoding = {
  encodeHead: encodeUwsgiPacket,
  encodeBody: (chunk) => chunk,
  end: undefined,
  createDecoder: createUwsgiDecoder,
};

const FASTCGI: Encoding = {
  encodeHead: encodeFastCgiHead,
  encodeBody: encodeFastCgiBody,
  end: encodeFastCgiEnd(),
  createDecoder: (hasBody) => new FastCgiDecoder(hasBody),
};

/** Sends a request over a connection of its own. */
export async function sendOverSocket(
  request: UpstreamRequest,
  server: UpstreamServer,
  observer: ExchangeObserver,
): Promise<UpstreamResponse> {
  const encoding = server.protocol === "fastcgi" ? FASTCGI : UWSGI;
  const measured = await measureBody(request, server.maxBufferedBodyBytes);
  const head = encoding.encodeHead(createCgiVariables(measured, server, measured.contentLength ?? 0));
  const socket = await openUpstreamSocket(server, observer.signal);
  observer.connected();
  const response = receive(socket, encoding.createDecoder(bodyRule(request.method)), observer.signal);
  send(socket, head, measured.body, encoding).then(observer.sent, (error: unknown) => {
    // The client's body broke off. A server that stopped reading may still have answered.
    if (!socket.destroyed) socket.destroy(error as Error);
  });
  return response;
}

function bodyRule(method: string): (status: number) => boolean {
  return (status) => !hasNoBody(method, status);
}

/** Neither protocol has a framing of its own for bodies of unknown length. */
async function measureBody(request: UpstreamRequest, limitBytes: number): Promise<UpstreamRequest> {
  if (request.body === null || request.contentLength !== undefined) return request;
  const bytes = await readWhole(request.body, limitBytes);
  if (bytes === undefined) {
    throw new TransportError("unsendable", "A body without a length is larger than what is collected", {
      status: 413,
    });
  }
  return {
    ...request,
    body: new Blob([bytes as Uint8Array<ArrayBuffer>]).stream(),
    contentLength: bytes.length,
  };
}

async function send(
  socket: Socket,
  head: Uint8Array,
  body: ReadableStream<Uint8Array> | null,
  { encodeBody, end }: Encoding,
): Promise<void> {
  socket.write(head);
  if (body !== null) for await (const chunk of body) await write(socket, encodeBody(chunk));
  if (end !== undefined) await write(socket, end);
}

/** Waits while the server does not take more. */
async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0 && !socket.destroyed && !socket.write(bytes)) await socketDrained(socket);
}

/** Resolves with the head; the body follows as it comes. */
function receive(socket: Socket, decoder: ResponseDecoder, signal: CancelSignal): Promise<UpstreamResponse> {
  const queue = new ChunkQueue({
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    abort: () => socket.destroy(),
  });
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      const reason = signal.aborted ? signal.reason : error;
      reject(reason);
      queue.fail(reason);
      socket.destroy();
    };
    const onAbort = () => fail(signal.reason);
    const take = (decode: () => DecodedPart[]) => {
      try {
        for (const part of decode()) handle(part);
      } catch (error) {
        fail(error);
      }
    };
    const handle = (part: DecodedPart) => {
      if (part.kind === "head") resolve({ ...part.head, body: queue });
      else if (part.kind === "data") queue.push(part.bytes);
      else {
        queue.end();
        socket.destroy();
      }
    };
    socket.on("data", (bytes: Buffer) => take(() => decoder.push(bytes)));
    socket.on("end", () => take(() => decoder.finish()));
    socket.on("error", (error) =>
      fail(new TransportError("unanswered", "The connection to the upstream broke off", { cause: error })),
    );
    socket.on("close", () => {
      signal.removeEventListener("abort", onAbort);
      if (!queue.isOver) fail(new TransportError("unanswered", "The connection to the upstream was closed"));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });
}
