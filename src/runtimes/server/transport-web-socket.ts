// WebSockets to upstreams (RFC 6455): the server is asked first, and only if it accepts is the client accepted.

import type { IncomingMessage } from "node:http";
import WebSocket from "ws";
import {
  type ExchangeObserver,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { PairedSocket, WebSocketPair } from "../apis/web-socket-pair.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import { tlsSettings } from "./upstream-tls.ts";

/** What Workers allow for one message, and so does this server towards clients. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** RFC 6455 §7.4.1: these two are never sent; the third is IANA's for what a gateway met upstream. */
const ABNORMAL = 1006;
const TLS_FAILURE = 1015;
const BAD_GATEWAY = 1014;
/** The library's own: it negotiates each connection by itself. */
const HANDSHAKE_FIELD = /^sec-websocket-(?:key|version|extensions|accept|protocol)$/;

/** Opens a WebSocket; resolves with 101 and the client's end, or with the answer of a server that declined. */
export function openUpstreamWebSocket(
  request: UpstreamRequest,
  server: UpstreamServer,
  observer: ExchangeObserver,
): Promise<UpstreamResponse> {
  const { signal } = observer;
  const socket = connect(request, server);
  return new Promise((resolve, reject) => {
    let accepted: readonly string[] = [];
    const onAbort = () => {
      reject(signal.reason);
      socket.terminate();
    };
    const settled = () => signal.removeEventListener("abort", onAbort);
    socket.on("upgrade", (response) => {
      accepted = fieldsOf(response);
    });
    socket.on("unexpected-response", (_, response) => {
      settled();
      resolve(declined(response));
    });
    socket.on("open", () => {
      settled();
      observer.connected();
      resolve(coupled(socket, accepted));
    });
    socket.on("error", (error: Error & { code?: string }) => {
      settled();
      const failure = /^E[A-Z]+$/.test(error.code ?? "") ? "unreachable" : "malformed";
      reject(new TransportError(failure, "The upstream opened no WebSocket", { cause: error }));
    });
    observer.sent();
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });
}

function connect({ target, fields }: UpstreamRequest, { address, tls }: UpstreamServer): WebSocket {
  const scheme = tls === undefined ? "ws" : "wss";
  const name = address.kind === "tcp" && address.hostname.includes(":") ? `[${address.hostname}]` : "";
  const url =
    address.kind === "unix"
      ? `${scheme}+unix://${address.path}:${target}`
      : `${scheme}://${name || address.hostname}:${address.port}${target}`;
  return new WebSocket(url, protocolsOf(fields), {
    headers: toHeaders(fields),
    maxPayload: MAX_MESSAGE_BYTES,
    followRedirects: false,
    perMessageDeflate: false,
    ...(tls === undefined ? {} : tlsSettings(tls, address)),
  });
}

function protocolsOf(fields: readonly string[]): string[] {
  const index = fields.indexOf("sec-websocket-protocol");
  return index === -1 ? [] : (fields[index + 1] ?? "").split(",").map((name) => name.trim());
}

function toHeaders(fields: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (!HANDSHAKE_FIELD.test(name)) headers[name] = fields[index + 1] as string;
  }
  return headers;
}

function fieldsOf({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
}

/** An ordinary answer to the handshake, which is the client's answer too. */
function declined(response: IncomingMessage): UpstreamResponse {
  const queue = new ChunkQueue({
    pause: () => response.pause(),
    resume: () => response.resume(),
    abort: () => response.destroy(),
  });
  response.on("data", (chunk: Buffer) => queue.push(chunk));
  response.on("end", () => queue.end());
  response.on("error", (error) => queue.fail(error));
  return {
    status: response.statusCode ?? 502,
    statusText: response.statusMessage ?? "",
    fields: fieldsOf(response),
    body: queue,
    contentLength: undefined,
  };
}

/** A client that broke off has given no code that could be sent on (RFC 6455 §7.4.1). */
function endSocket(socket: WebSocket, code: number | undefined, reason: string | undefined): void {
  if (code === undefined || mayBeSent(code)) socket.close(code, reason);
  else socket.terminate();
}

function mayBeSent(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= BAD_GATEWAY && ![1004, 1005, ABNORMAL].includes(code);
}

/** Messages go both ways as they come; a close travels with its code. */
function coupled(socket: WebSocket, accepted: readonly string[]): UpstreamResponse {
  const pair = new WebSocketPair();
  const own = PairedSocket.couple(pair[1], {
    send: (message) => socket.send(typeof message === "string" ? message : new Uint8Array(message)),
    close: (code, reason) => endSocket(socket, code, reason),
  });
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    own.receive(isBinary ? new Uint8Array(data).slice().buffer : data.toString());
  });
  const closed = new Promise<void>((resolve) => {
    socket.on("close", (code: number, reason: Buffer) => {
      const isBroken = code === ABNORMAL || code === TLS_FAILURE;
      own.closed(isBroken ? BAD_GATEWAY : code, reason.toString(), !isBroken);
      resolve();
    });
  });
  const fields = accepted.filter((_, index) => {
    const name = accepted[index - (index % 2)] as string;
    return name === "sec-websocket-protocol" || !HANDSHAKE_FIELD.test(name);
  });
  return {
    status: 101,
    statusText: "",
    fields: [...fields],
    body: null,
    contentLength: undefined,
    webSocket: pair[0],
    closed,
  };
}
