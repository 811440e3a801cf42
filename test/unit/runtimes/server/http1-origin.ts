// Servers that say exactly these bytes, and requests to them, for the tests of the HTTP/1.1 client.

import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import type {
  ExchangeObserver,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamServer,
} from "../../../../src/contract/transport.ts";

/** What a server did and saw. */
export interface Origin {
  server: UpstreamServer;
  sockets: Socket[];
  /** Each request's head, as it came. */
  requests: string[];
  close(): Promise<void>;
}

/** Called for each head that has come: `turn` counts the requests of this connection, from 0. */
export type Answer = (socket: Socket, request: string, turn: number) => void;

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A server that answers every head with these bytes. */
export function saying(text: string): Answer {
  return (socket) => void socket.write(text, "latin1");
}

export async function startOrigin(answer: Answer, path?: string): Promise<Origin> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    let text = "";
    let turn = 0;
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const request = text.slice(0, end + 4);
        // Bodies have no empty line of their own here.
        text = /content-length: [1-9]|chunked/.test(request) ? "" : text.slice(end + 4);
        requests.push(request);
        answer(socket, request, turn++);
      }
    });
  });
  return { ...(await listen(server, path)), sockets, requests };
}

/** Listens, with whatever a server does of its own. */
export async function listen(server: Server, path?: string): Promise<Pick<Origin, "server" | "close">> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(path, resolve);
  });
  const { port } = path === undefined ? (server.address() as AddressInfo) : { port: 0 };
  return {
    server: path === undefined ? tcpServer(port) : { ...tcpServer(0), address: { kind: "unix", path } },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

export function tcpServer(port: number, hostname = "127.0.0.1"): UpstreamServer {
  return {
    id: `http://${hostname}:${port}`,
    protocol: "http",
    address: { kind: "tcp", hostname, port },
    connectTimeoutMs: 5_000,
    maxBufferedBodyBytes: 0,
  };
}

export function request(changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method: "GET",
    target: "/",
    fields: ["host", "a.test"],
    body: null,
    contentLength: undefined,
    isUpgrade: false,
    client: { address: undefined, scheme: "http", host: "a.test" },
    ...changes,
  };
}

/** An observer that writes down what it is told. */
export function observe(signal = new AbortController().signal): ExchangeObserver & { told: string[] } {
  const told: string[] = [];
  return { signal, told, connected: () => void told.push("connected"), sent: () => void told.push("sent") };
}

/** The whole body, each byte a character. */
export async function textOf({ body }: UpstreamResponse): Promise<string> {
  if (body === null) return "";
  if (body instanceof Uint8Array) return Buffer.from(body).toString("latin1");
  let text = "";
  for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
    text += Buffer.from(chunk).toString("latin1");
  }
  return text;
}

/** A body of these parts; it waits before each one that is a promise, and breaks off at an error. */
export function streamOf(...parts: (string | Promise<string> | Error)[]): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream(
    {
      async pull(controller) {
        const part = left.shift();
        if (part instanceof Error) throw part;
        if (part === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(await part));
      },
    },
    { highWaterMark: 0 },
  );
}
