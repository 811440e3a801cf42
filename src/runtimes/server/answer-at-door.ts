// Which requests on Bun and Deno need no edge? Those that make no sense, and those with a prepared answer.
// RFC 9112 §3.2.

import type { HotAnswer, HotRequest } from "../../assets/hot-table.ts";
import type { ClientSettings } from "../../contract/guards.ts";
import { parseHost } from "../../http/host.ts";
import type { ComposedSite } from "../compose.ts";

/** Most requests of a server name it alike: the last good authority is not parsed again. */
let lastAuthority: string | undefined;

/** The answer of a request that goes no further. */
export function answerAtDoor(
  request: Request,
  { hot, site }: Pick<ComposedSite, "hot" | "site">,
  clientAddress: () => string | undefined,
): Response | undefined {
  const { url } = request;
  const clients = site.routing?.clients;
  if (clients !== undefined && isHeadTooLarge(request, clients)) return refuse(431);
  const start = url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  const authority = url.slice(start, end < 0 ? url.length : end);
  if (authority !== lastAuthority) {
    if (parseHost(authority) === undefined) return refuse();
    lastAuthority = authority;
  }
  const found = hot.answer(new DoorRequest(request, authority, url.slice(end)), clientAddress);
  if (found !== undefined) return toResponse(found);
  return URL.canParse(url) ? undefined : refuse();
}

class DoorRequest implements HotRequest {
  readonly #request: Request;
  readonly #authority: string;
  readonly method: string;
  readonly target: string;

  constructor(request: Request, authority: string, target: string) {
    this.#request = request;
    this.#authority = authority;
    this.method = request.method;
    this.target = target;
  }

  /** The host is what the URL says: of an absolute target it replaces the field. */
  get headers(): HotRequest["headers"] {
    const fields: Record<string, string> = Object.fromEntries(this.#request.headers);
    fields.host = this.#authority;
    return fields;
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
