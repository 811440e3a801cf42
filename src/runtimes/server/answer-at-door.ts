// Which requests on Bun and Deno need no edge? Those that make no sense, and those with a prepared answer.
// RFC 9112 §3.2.

import { HotFieldReader, type HotFields } from "../../assets/hot-fields.ts";
import type { HotAnswer, HotRequest } from "../../assets/hot-table.ts";
import type { ClientSettings } from "../../contract/guards.ts";
import type { RequestTrail } from "../../contract/handler.ts";
import { parseHost } from "../../http/host.ts";
import type { ComposedSite } from "../compose.ts";

/** Most requests of a server name it alike: the last good authority is not parsed again. */
let lastAuthority: string | undefined;

/**
 * What is left of a target that no server may take: a fragment; an absolute form without an authority, which
 * Deno takes for a path; DEL and bytes that are no UTF-8, which Bun encodes for the client (RFC 9112 §3.2).
 */
const MISREAD = /#|^\/[A-Za-z][A-Za-z\d+.-]*:\/\/\/|^[^?]*%(?:7F|EF%BF%BD)/;

/** The answer of a request that goes no further. */
export function answerAtDoor(
  request: Request,
  { hot, site }: Pick<ComposedSite, "hot" | "site">,
  trail?: RequestTrail,
): Response | undefined {
  const { url } = request;
  const clients = site.routing?.clients;
  if (clients !== undefined && isHeadTooLarge(request, clients)) return refuse(431);
  if (url.startsWith("/")) return answerHostless(request);
  const start = url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  const authority = url.slice(start, end < 0 ? url.length : end);
  if (authority !== lastAuthority) {
    if (parseHost(authority) === undefined) return refuse();
    lastAuthority = authority;
  }
  const target = url.slice(end);
  const found = hot.answer(new DoorRequest(request, authority, target));
  if (found !== undefined) {
    if (trail !== undefined) trail.route = "static";
    return toResponse(found);
  }
  return isServable(request, authority, target) ? undefined : refuse();
}

/** Bun has no more than a path where Host is absent, which it allows HTTP/1.0 only, or names nobody. */
function answerHostless({ url, headers }: Request): Response | undefined {
  return headers.has("host") || MISREAD.test(url) ? refuse() : undefined;
}

/** Asked only where nothing is prepared: prepared answers are found by paths that are known to be good. */
function isServable({ url, method, headers }: Request, authority: string, target: string): boolean {
  if (!isServedMethod(method) || !url.startsWith("http") || MISREAD.test(target) || !URL.canParse(url))
    return false;
  const coding = headers.get("transfer-encoding");
  if (coding !== null && coding.toLowerCase() !== "chunked") return false;
  const host = headers.get("host");
  // Without Host the authority is what Deno calls the server by itself, or the client's alone, which is too little.
  return host === null
    ? /^localhost(?::|$)/.test(authority)
    : host === authority || parseHost(host) !== undefined;
}

/** Methods are compared as they are written (RFC 9110 §9.1), but a fetch makes `GET` of `get`. */
function isServedMethod(method: string): boolean {
  return method !== "CONNECT" && (method === method.toUpperCase() || !NORMALIZED.test(method));
}

/** Fetch standard, "normalize a method"; PATCH, because not every platform leaves it alone. */
const NORMALIZED = /^(?:connect|delete|get|head|options|patch|post|put|trace|track)$/i;

class DoorRequest implements HotRequest {
  readonly #request: Request;
  readonly method: string;
  readonly target: string;
  /** What the URL says: of an absolute target it replaces the field. */
  readonly host: string;

  constructor(request: Request, host: string, target: string) {
    this.#request = request;
    this.method = request.method;
    this.target = target;
    this.host = host;
  }

  get fields(): HotFields {
    const reader = new HotFieldReader();
    let isNamed = false;
    // forEach, because iterating takes some runtimes several times as long.
    this.#request.headers.forEach((value, name) => {
      if (name === "host") isNamed = value === this.host || parseHost(value) !== undefined;
      else reader.add(name, value);
    });
    // The field must make sense even where it is replaced.
    if (!isNamed) reader.isSpecial = true;
    return reader;
  }
}

/** A Response per answer, of which copies are sent: a copy shares fields and bytes. */
const originals = new WeakMap<HotAnswer, Response>();

function toResponse(answer: HotAnswer): Response {
  let original = originals.get(answer);
  if (original === undefined) {
    const { status, headers, body } = answer;
    original = new Response(body as BodyInit | null, { status, headers });
    originals.set(answer, original);
  }
  return original.clone();
}

/** The runtimes have limits of their own beyond which they refuse by themselves. */
function isHeadTooLarge(
  { url, headers }: Request,
  { maxHeaderBytes, maxHeaderCount }: ClientSettings,
): boolean {
  let bytes = url.length;
  let count = 0;
  headers.forEach((value, name) => {
    // `name: value` and the end of the line.
    bytes += name.length + value.length + 4;
    count += 1;
  });
  return bytes > (maxHeaderBytes ?? Infinity) || count > (maxHeaderCount ?? Infinity);
}

function refuse(status: 400 | 431 = 400): Response {
  return new Response(status === 400 ? "Bad Request\n" : "Request Header Fields Too Large\n", {
    status,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
}
