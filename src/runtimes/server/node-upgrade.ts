// WebSocket upgrades on Node: the handler decides, `ws` does the protocol (RFC 6455).

import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { ClientSettings } from "../../contract/guards.ts";
import type { GatewayContext } from "../../contract/handler.ts";
import type { PendingResponse } from "../../contract/pending-response.ts";
import type { LogSink } from "../../contract/platform.ts";
import { PairedSocket, webSocketOf } from "../apis/web-socket-pair.ts";
import { type CheckedTarget, checkRequest } from "./check-request.ts";
import { NativeResponse } from "./node-response.ts";
import { sendAnswer } from "./send-answer.ts";
import { writeResponse } from "./write-response.ts";

/** Answers a request as the edge does. */
export type Answer = (
  incoming: IncomingMessage,
  outgoing: Writable,
  checked: CheckedTarget,
) => { context: GatewayContext; response: PendingResponse };

/** What Workers allow for one message. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Whether an Upgrade header asks for a WebSocket; any other protocol is answered over HTTP/1.1. */
export function asksForWebSocket(incoming: IncomingMessage): boolean {
  return incoming.method === "GET" && incoming.headers.upgrade?.toLowerCase() === "websocket";
}

/** Handles Node's `upgrade` event. `open` holds the connections that a server must close when it stops. */
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
  return async (incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> => {
    socket.on("error", () => socket.destroy());
    const checked = checkRequest(incoming, clients);
    if (typeof checked === "number") return refuse(incoming, socket);
    const { response: pending, context } = answer(incoming, socket, checked);
    const response = await pending;
    const client = webSocketOf(response);
    if (client === undefined) return sendAnswer(response, responseOn(socket, incoming), "GET", context, log);
    if (socket.destroyed || !isHandshake(incoming)) {
      giveUp(client);
      return refuse(incoming, socket);
    }
    const onHeaders = (lines: string[]) => lines.push(...applicationFields(response.headers));
    server.once("headers", onHeaders);
    server.handleUpgrade(incoming, socket, head, (webSocket) => connect(webSocket, client, open));
    server.off("headers", onHeaders);
  };
}

/** What the library refuses by itself, after which nobody would tell the other end (RFC 6455 §4.2.1). */
function isHandshake({ headers }: IncomingMessage): boolean {
  const version = headers["sec-websocket-version"];
  return (
    /^[+/0-9a-z]{22}==$/i.test(headers["sec-websocket-key"] ?? "") && (version === "13" || version === "8")
  );
}

/** Ends the side of the handler: the network's will never be there. */
function giveUp(client: PairedSocket): void {
  client.accept();
  client.close(1002, "The handshake failed");
}

function refuse(incoming: IncomingMessage, socket: Socket): Promise<void> | undefined {
  const response = new NativeResponse("Bad Request\n", {
    status: 400,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
  return writeResponse(response, responseOn(socket, incoming), "GET");
}

/** For an ordinary answer instead of the upgrade: the socket is closed after it. */
function responseOn(socket: Socket, incoming: IncomingMessage): ServerResponse {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(socket);
  outgoing.once("finish", () => socket.end());
  return outgoing;
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
