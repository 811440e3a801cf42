// Asks a server over HTTP/1.1 without a client library's opinions, so that two servers can be compared.

import { type IncomingHttpHeaders, request } from "node:http";

export interface Question {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Without a length. */
  isChunked?: boolean;
}

export interface Reply {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request on a connection of its own. */
export function ask(
  port: number,
  { path, method = "GET", headers = {}, body, isChunked }: Question,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || isChunked ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const chunked = isChunked ? { "transfer-encoding": "chunked" } : {};
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        agent: false,
        headers: { host: "site.test", ...length, ...chunked, ...headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            reason: incoming.statusMessage ?? "",
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const OF_THE_CONNECTION = [
  "server",
  "cache-status",
  "date",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
];

/** What has to be equal behind two servers: everything but what each says of itself and of its framing. */
export function comparable({ status, reason, headers, body }: Reply) {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return { status, reason, headers: Object.fromEntries(kept), body: body.toString("latin1") };
}
