// How is one file sent for one request: in which coding, which bytes of it, or only that nothing changed?
// RFC 9110 §12 (negotiation), §13 (conditions), §14 (ranges).

import type { AssetStore } from "../contract/platform.ts";
import type { AssetFile } from "../contract/site.ts";
import { type ByteSpan, formatContentRange } from "../http/byte-range.ts";
import { evaluatePreconditions } from "../http/conditional.ts";
import { formatEntityTag } from "../http/entity-tag.ts";
import { addVary } from "../http/vary.ts";
import { withKnownLength } from "./known-length.ts";
import { createMultipartBody } from "./multipart.ts";
import { negotiate, type Representation, selectRange } from "./select-representation.ts";

/** A file of the manifest under its decoded path. */
export interface Asset {
  path: string;
  file: AssetFile;
}

export interface RepresentOptions {
  /** 404: the file is an error page, to which neither conditions nor ranges apply (RFC 9110 §13.2.1). */
  status: 200 | 404;
  /** Defaults of the caller; a Content-Type here wins over the file's and stays on a 304. */
  headers: Headers;
  /** Whether ETag and Last-Modified are sent; by default only with 200. */
  validators?: boolean;
}

/** What the steps below hand on: one request, one chosen representation, the headers it gets. */
interface Exchange {
  request: Request;
  chosen: Representation;
  store: AssetStore;
  headers: Headers;
  /** `Link` of a page's complete answer. */
  links: string | undefined;
}

/** Answers a GET or HEAD for a file. */
export async function representAsset(
  request: Request,
  asset: Asset,
  store: AssetStore,
  options: RepresentOptions,
): Promise<Response> {
  const range = options.status === 200 ? selectRange(request, asset) : undefined;
  const chosen = range?.representation ?? negotiate(request, asset);
  const exchange = {
    request,
    chosen,
    store,
    headers: describe(asset, chosen, options),
    links: asset.file.links,
  };
  if (options.status === 404) return sendWhole(exchange, 404);
  const verdict = evaluatePreconditions(request.method, request.headers, chosen.validators);
  if (verdict === "not-modified") return answerNotModified(asset, chosen, options);
  if (verdict === "failed") return answerRefusal(412, asset, options);
  if (!range) return sendWhole(exchange, 200);
  if (range.spans.length === 0) return answerUnsatisfiable(asset, chosen, options);
  return range.spans.length === 1
    ? sendSpan(exchange, range.spans[0] as ByteSpan)
    : sendSpans(exchange, range.spans);
}

function describe(asset: Asset, chosen: Representation, options: RepresentOptions): Headers {
  const headers = negotiatedHeaders(asset, options);
  const { file } = asset;
  if (file.type !== undefined && !headers.has("content-type")) headers.set("content-type", file.type);
  if (chosen.coding !== "identity") headers.set("content-encoding", chosen.coding);
  if (options.validators ?? options.status === 200) {
    headers.set("etag", formatEntityTag(chosen.validators.tag));
    if (file.modified !== undefined) headers.set("last-modified", file.modified);
  }
  if (options.status === 200) headers.set("accept-ranges", "bytes");
  return headers;
}

/** Every answer of a file with variants depended on Accept-Encoding, those without a body too. */
function negotiatedHeaders(asset: Asset, options: RepresentOptions): Headers {
  const headers = new Headers(options.headers);
  if (hasVariants(asset.file)) addVary(headers, "Accept-Encoding");
  return headers;
}

async function sendWhole(
  { request, chosen, store, headers, links }: Exchange,
  status: 200 | 404,
): Promise<Response> {
  headers.set("content-length", String(chosen.blob.size));
  if (status === 200 && links !== undefined) headers.set("link", links);
  if (request.method === "HEAD") return respond(null, status, headers, chosen);
  const body = await store.read(chosen.blob);
  return body ? respond(withKnownLength(body, chosen.blob.size), status, headers, chosen) : answerVanished();
}

async function sendSpan({ chosen, store, headers }: Exchange, span: ByteSpan): Promise<Response> {
  const body = await store.read(chosen.blob, span);
  if (!body) return answerVanished();
  const length = span.end - span.start;
  headers.set("content-range", formatContentRange(span, chosen.blob.size));
  headers.set("content-length", String(length));
  return respond(withKnownLength(body, length), 206, headers, chosen);
}

/** Each part carries the type; the fields of the answer describe the envelope (RFC 9110 §15.3.7.2). */
function sendSpans({ chosen, store, headers }: Exchange, spans: readonly ByteSpan[]): Response {
  const multipart = createMultipartBody(spans, {
    size: chosen.blob.size,
    type: headers.get("content-type"),
    read: (span) => store.read(chosen.blob, span),
  });
  headers.set("content-type", multipart.contentType);
  headers.set("content-length", String(multipart.length));
  return respond(withKnownLength(multipart.body, multipart.length), 206, headers, chosen);
}

/** Only what guides a cache's update (RFC 9110 §15.4.5); ETag is the tag of what would have been sent. */
function answerNotModified(asset: Asset, chosen: Representation, options: RepresentOptions): Response {
  const headers = negotiatedHeaders(asset, options);
  headers.set("etag", formatEntityTag(chosen.validators.tag));
  return new Response(null, { status: 304, headers });
}

/** A refusal must not be stored under the file's own Cache-Control. */
function answerRefusal(status: 412 | 416, asset: Asset, options: RepresentOptions): Response {
  const headers = negotiatedHeaders(asset, options);
  headers.delete("cache-control");
  headers.delete("content-type");
  headers.set("content-length", "0");
  return new Response(null, { status, headers });
}

function answerUnsatisfiable(asset: Asset, chosen: Representation, options: RepresentOptions): Response {
  const response = answerRefusal(416, asset, options);
  response.headers.set("content-range", formatContentRange(undefined, chosen.blob.size));
  response.headers.set("accept-ranges", "bytes");
  return response;
}

/** The manifest lists the file but the store no longer has these bytes: a build is being replaced. */
function answerVanished(): Response {
  return new Response(null, { status: 503, headers: { "cache-control": "no-store", "retry-after": "1" } });
}

/** `encodeBody` tells workerd that a coded body is coded already; other runtimes never touch it. */
function respond(
  body: Uint8Array | ReadableStream<Uint8Array> | null,
  status: number,
  headers: Headers,
  chosen: Representation,
): Response {
  const init: ResponseInit & { encodeBody?: "manual" } = { status, headers };
  if (chosen.coding !== "identity") init.encodeBody = "manual";
  return new Response(body as BodyInit | null, init);
}

function hasVariants(file: AssetFile): boolean {
  return file.encodings !== undefined && Object.keys(file.encodings).length > 0;
}
