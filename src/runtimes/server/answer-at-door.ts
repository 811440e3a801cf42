// Which requests on Bun and Deno need no edge? Those that make no sense, and those with a prepared answer.
// RFC 9112 §3.2.

import type { HotAnswer, HotRequest } from "../../assets/hot-table.ts";
import type { RequestTrail } from "../../contract/handler.ts";
import { parseHost } from "../../http/host.ts";
import type { HotFront } from "../hot-front.ts";

/** Most requests of a server name it alike: the last good authority is not parsed again. */
let lastAuthority: string | undefined;

/** The answer of a request that goes no further. */
export function answerAtDoor(request: Request, front: HotFront, trail?: RequestTrail): Response | undefined {
  const { url } = request;
  const start = url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  const authority = url.slice(start, end < 0 ? url.length : end);
  if (authority !== lastAuthority) {
    if (parseHost(authority) === undefined) return refuse();
    lastAuthority = authority;
  }
  const found = front.answer(new DoorRequest(request, authority, url.slice(end)));
  if (found !== undefined) {
    if (trail !== undefined) trail.route = "static";
    return toResponse(found);
  }
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

function refuse(): Response {
  return new Response("Bad Request\n", {
    status: 400,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
}
