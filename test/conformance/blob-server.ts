// An HTTP server that keeps blobs the way a bucket does, for the stores that read over the network.

import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sha256 } from "./asset-store.ts";

export interface BlobServerOptions {
  /** A free one by default. */
  port?: number;
  /** Folder under which the blobs lie, with a slash in front and none at the end. */
  folder?: string;
  /** Whether Range is honoured. */
  ranges?: boolean;
  /** Requests must carry a valid AWS signature (version 4) made with this secret. */
  secretAccessKey?: string;
}

export interface BlobServer {
  url: string;
  /** Method, path and status of what was asked for. */
  requests: string[];
  /** Ends the server and all its connections. */
  close(): Promise<void>;
}

/** Starts the server on this machine. */
export async function startBlobServer(
  blobs: ReadonlyMap<string, Uint8Array>,
  options: BlobServerOptions = {},
): Promise<BlobServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, blobs, options);
    requests.push(`${request.method} ${request.url} ${response.statusCode}`);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  blobs: ReadonlyMap<string, Uint8Array>,
  { folder = "", ranges = true, secretAccessKey }: BlobServerOptions,
): void {
  if (secretAccessKey !== undefined && !isSigned(request, secretAccessKey))
    return void response.writeHead(400).end();
  const path = request.url?.startsWith(folder) ? request.url.slice(folder.length) : "";
  const [, prefix, hash = ""] = path.split("/");
  const bytes = prefix === hash.slice(0, 2) ? blobs.get(hash) : undefined;
  if (!bytes) return void response.writeHead(secretAccessKey === undefined ? 404 : 403).end("no such key");
  const range = ranges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") : null;
  if (!range) return void response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  const part = bytes.subarray(Number(range[1]), Number(range[2]) + 1);
  const contentRange = `bytes ${range[1]}-${range[2]}/${bytes.length}`;
  response.writeHead(206, { "content-length": part.length, "content-range": contentRange }).end(part);
}

/** Checks the signature as AWS documents it ("Authenticating Requests: Using the Authorization Header"). */
function isSigned({ method, url = "", headers }: IncomingMessage, secret: string): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w{64})$/;
  const [, day = "", region = "", names = "", signature] = pattern.exec(headers.authorization ?? "") ?? [];
  const signed = names.split(";").map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, url, "", signed.join(""), names, headers["x-amz-content-sha256"]].join("\n");
  const digest = sha256(new TextEncoder().encode(canonical));
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], `${day}/${region}/s3/aws4_request`, digest].join(
    "\n",
  );
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString("hex") === signature;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
