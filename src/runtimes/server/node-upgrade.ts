// WebSocket upgrades on Node: the handler decides, `ws` does the protocol (RFC 6455).

import type { IncomingMessage } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { ClientSettings } from "../../contract/guards.ts";
import type { GatewayContext } from "../../contract/handler.ts";
import type { PendingResponse } from "../../contract/pending-response.ts";
import type { LogSink } from "../../contract/platform.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { PairedSocket, webSocketOf } from "../apis/web-socket-pair.ts";
import { answerOn } from "../http1/answer-on-socket.ts";
import { answerPlainly } from "../http1/answer-plainly.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import { toStream, type WireSocket } from "../http1/wire-socket.ts";
import { type CheckedTarget, checkRequest } from "./check-request.ts";
import type { Departure } from "./node-request.ts";
import { giveUp, sendAnswer } from "./send-answer.ts";

/** Answers a request as the edge does. */
export type Answer = (
  incoming: IncomingRequest,
  outgoing: Departure,
  checked: CheckedTarget,
) => { context: GatewayContext; response: PendingResponse };

/** What Workers allow for one message. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Whether an Upgrade header asks for a WebSocket; any other protocol is answered over HTTP/1.1. */
export function asksForWebSocket({ method, upgrade, version }: RequestHead): boolean {
  return method === "GET" && upgrade === "websocket" && version === "1.1";
}

/** Handles upgrades. `open` holds the connections that a server must close when it stops. */
export function createUpgradeListener(
  answer: Answer,
  open: Set<WebSocket>,
  log: LogSink,
  clients?: ClientSettings,
) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    clientTracking: false,
    // The handler's answer names the subprotocol; the library would take the first that is offered.
    handleProtocols: () => false,
  });
  return async (incoming: IncomingRequest, socket: WireSocket, head: Buffer): Promise<void> => {
    socket.on("error", () => socket.destroy());
    const checked = checkRequest(incoming, clients);
    if (typeof checked === "number") return refuse(incoming, socket);
    const { response: pending, context } = answer(incoming, socket, checked);
    const response = await pending;
    const client = webSocketOf(response);
    if (client === undefined) return sendAnswer(response, answerOn(socket, incoming), "GET", context, log);
    if (socket.destroyed || !isHandshake(incoming)) {
      giveUp(client);
      return refuse(incoming, socket);
    }
    const onHeaders = (lines: string[]) => lines.push(...applicationFields(response.headers));
    server.once("headers", onHeaders);
    let isOpen = false;
    server.handleUpgrade(toLibrary(incoming), toStream(socket), head, (webSocket) => {
      isOpen = true;
      connect(webSocket, client, open);
    });
    server.off("headers", onHeaders);
    // The library has refused by itself, and nobody else would tell the other end.
    if (!isOpen) giveUp(client);
  };
}

/** What the library refuses by itself, after which nobody would tell the other end (RFC 6455 §4.2.1). */
function isHandshake(incoming: IncomingRequest): boolean {
  const version = incoming.field("sec-websocket-version");
  const key = incoming.field("sec-websocket-key") ?? "";
  return /^[+/0-9a-z]{22}==$/i.test(key) && (version === "13" || version === "8");
}

/** As the library wants it, which reads the method and fields of the handshake. */
function toLibrary({ method, url, fields }: IncomingRequest): IncomingMessage {
  const headers: Record<string, string> = {};
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    const value = fields[index + 1] as string;
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { method, url, headers } as IncomingMessage;
}

function refuse(incoming: IncomingRequest, socket: WireSocket): void {
  answerPlainly(answerOn(socket, incoming), 400, "Bad Request\n");
}

/** Fields that the application wants on the 101, less those of the handshake itself. */
function applicationFields(headers: Headers): string[] {
  return [...headers]
    .filter(
      ([name]) =>
        !/^(?:connection|upgrade|content-length|sec-websocket-(?:accept|extensions|version))$/.test(name),
    )
    .map(([name, value]) => `${name}: ${value}`);
}

function connect(webSocket: WebSocket, client: PairedSocket, open: Set<WebSocket>): void {
  open.add(webSocket);
  const network = PairedSocket.couple(client, {
    send: (message) => webSocket.send(typeof message === "string" ? message : new Uint8Array(message)),
    close: (code, reason) => webSocket.close(code, reason),
  });
  webSocket.on("message", (data: Buffer, isBinary: boolean) => {
    network.receive(isBinary ? new Uint8Array(data).slice().buffer : data.toString());
  });
  webSocket.on("error", (error) => {
    network.failed(error);
    webSocket.terminate();
  });
  webSocket.on("close", (code: number, reason: Buffer) => {
    open.delete(webSocket);
    network.closed(code, reason.toString(), code !== 1006);
  });
}
