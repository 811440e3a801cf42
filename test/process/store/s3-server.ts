// A small S3-compatible server as a process of its own, for tests of pushing and serving: one bucket in a folder,
// path style, Signature Version 4 as AWS documents it ("Authenticating Requests: Using the Authorization Header"),
// ListObjectsV2 with pages, GET with ranges, HEAD, and PUT that checks the payload's hash, its checksum and its
// length. An object appears when all of it is there and right. Settings come from the environment (S3_…); each
// request is one line on standard output.

import { createHash, createHmac, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, type Stats } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, relative, sep } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

const {
  S3_ROOT: ROOT = "",
  S3_PORT: PORT = "0",
  S3_BUCKET: BUCKET = "bucket",
  S3_REGION: REGION = "eu-central-1",
  S3_KEY_ID: KEY_ID = "",
  S3_SECRET: SECRET = "",
  S3_TOKEN: TOKEN,
  /** Objects on a page of a listing. */
  S3_PAGE: PAGE = "1000",
  /** Time that each PUT takes at least. */
  S3_PUT_MS: PUT_MS = "0",
  /** Every so many requests the server says that it is busy. */
  S3_BUSY_EVERY: BUSY_EVERY = "0",
} = process.env;

const MAX_SKEW_MS = 15 * 60_000;
const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** An answer with one of S3's error documents. */
class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

let requests = 0;

const server = createServer(async (request, response) => {
  let note = "";
  try {
    requests++;
    if (Number(BUSY_EVERY) > 0 && requests % Number(BUSY_EVERY) === 0) throw new S3Error(503, "SlowDown");
    const url = new URL(request.url ?? "", "http://s3.invalid");
    authenticate(request, url);
    note = await route(request, response, url);
  } catch (error) {
    const { status, code } = error instanceof S3Error ? error : new S3Error(500, "InternalError");
    note = error instanceof S3Error ? code : String(error);
    if (!response.headersSent && !response.destroyed) {
      const document = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>no</Message></Error>`;
      response.writeHead(status, { "content-type": "application/xml", connection: "close" });
      response.end(request.method === "HEAD" ? undefined : document);
    }
  }
  process.stdout.write(`${request.method} ${request.url} ${response.statusCode} ${note}\n`);
});

server.listen(Number(PORT), "127.0.0.1", () => {
  process.stdout.write(`S3 on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

async function route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<string> {
  const [, bucket, ...names] = url.pathname.split("/");
  if (bucket !== BUCKET) throw new S3Error(404, "NoSuchBucket");
  const key = decodeURIComponent(names.join("/"));
  if (key === "") {
    if (request.method !== "GET" || url.searchParams.get("list-type") !== "2")
      throw new S3Error(501, "NotImplemented");
    return list(response, url.searchParams);
  }
  if (request.method === "PUT") return put(request, response, key);
  if (request.method === "GET" || request.method === "HEAD") return get(request, response, key);
  throw new S3Error(405, "MethodNotAllowed");
}

/** Throws unless the request is signed by the one key that the server knows, for this region, about now. */
function authenticate(request: IncomingMessage, url: URL): void {
  const { method = "", headers } = request;
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
  const found = pattern.exec(headers.authorization ?? "");
  if (found === null) throw new S3Error(403, "AccessDenied");
  const [, keyId, day = "", region = "", names = "", signature] = found;
  const date = String(headers["x-amz-date"] ?? "");
  if (keyId !== KEY_ID) throw new S3Error(403, "InvalidAccessKeyId");
  if (TOKEN !== undefined && headers["x-amz-security-token"] !== TOKEN)
    throw new S3Error(400, "InvalidToken");
  if (region !== REGION) throw new S3Error(400, "AuthorizationHeaderMalformed");
  if (Math.abs(Date.now() - readDate(date)) > MAX_SKEW_MS) throw new S3Error(403, "RequestTimeTooSkewed");
  const signed = names.split(";");
  const required = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  if (!date.startsWith(day) || !required.every((name) => signed.includes(name)))
    throw new S3Error(403, "AccessDenied");
  const canonical = [
    method,
    url.pathname
      .split("/")
      .map((part) => encode(decodeURIComponent(part)))
      .join("/"),
    [...url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join("&"),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", date, scope, digest].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  if (hmac(key, text).toString("hex") !== signature) throw new S3Error(403, "SignatureDoesNotMatch");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** `20260101T120000Z` in milliseconds. */
function readDate(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return (
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) || 0
  );
}

/** UriEncode of the signature: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function list(response: ServerResponse, query: URLSearchParams): Promise<string> {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const keys = (await objectKeys()).filter((key) => key.startsWith(prefix) && key > after);
  const page = keys.slice(0, Number(PAGE));
  const entries = await Promise.all(
    page.map(
      async (key) => `<Contents><Key>${key}</Key><Size>${(await stat(fileOf(key))).size}</Size></Contents>`,
    ),
  );
  const more = keys.length > page.length;
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  const document = `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${entries.join("")}</ListBucketResult>`;
  response.writeHead(200, { "content-type": "application/xml" }).end(document);
  return `${page.length} keys`;
}

async function objectKeys(): Promise<string[]> {
  const entries = await readdir(ROOT, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".part"));
  return files.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/")).sort();
}

function fileOf(key: string): string {
  if (key.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw new S3Error(400, "InvalidURI");
  return join(ROOT, key);
}

async function put(request: IncomingMessage, response: ServerResponse, key: string): Promise<string> {
  const { headers } = request;
  if (headers["content-length"] === undefined) throw new S3Error(411, "MissingContentLength");
  const part = join(ROOT, `${randomUUID()}.part`);
  const digest = createHash("sha256");
  const hashing = new Transform({
    transform(chunk, _, done) {
      digest.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(request, hashing, createWriteStream(part));
    await sleep(Number(PUT_MS));
    const hash = digest.digest();
    const payload = headers["x-amz-content-sha256"];
    if (payload !== "UNSIGNED-PAYLOAD" && payload !== hash.toString("hex"))
      throw new S3Error(400, "XAmzContentSHA256Mismatch");
    const checksum = headers["x-amz-checksum-sha256"];
    if (checksum !== undefined && checksum !== hash.toString("base64")) throw new S3Error(400, "BadDigest");
    await mkdir(dirname(fileOf(key)), { recursive: true });
    await rename(part, fileOf(key));
    response.writeHead(200, { etag: `"${hash.toString("hex").slice(0, 32)}"` }).end();
    return checksum === undefined ? "without checksum" : "with checksum";
  } finally {
    await rm(part, { force: true });
  }
}

async function get(request: IncomingMessage, response: ServerResponse, key: string): Promise<string> {
  if (request.headers["x-amz-content-sha256"] === EMPTY_SHA256) response.setHeader("x-payload", "empty");
  const stats: Stats | undefined = await stat(fileOf(key)).catch(() => undefined);
  if (!stats?.isFile()) throw new S3Error(404, "NoSuchKey");
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const [start, end] = range
    ? [Number(range[1]), Math.min(Number(range[2]), stats.size - 1)]
    : [0, stats.size - 1];
  if (range && start > end) throw new S3Error(416, "InvalidRange");
  const contentRange = range ? { "content-range": `bytes ${start}-${end}/${stats.size}` } : {};
  response.writeHead(range ? 206 : 200, {
    "content-length": end - start + 1,
    "accept-ranges": "bytes",
    ...contentRange,
  });
  if (request.method === "HEAD" || stats.size === 0) response.end();
  else await pipeline(createReadStream(fileOf(key), { start, end }), response);
  return "";
}
