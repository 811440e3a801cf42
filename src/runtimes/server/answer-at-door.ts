// Which requests on Bun and Deno need no edge? Those that make no sense, and those with a prepared answer.
// RFC 9112 §3.2.

import { HotFieldReader, type HotFields } from "../../assets/hot-fields.ts";
import type { HotAnswer, HotRequest } from "../../assets/hot-table.ts";
import { parseHost } from "../../http/host.ts";
import type { HotFront } from "../hot-front.ts";

/** Most requests of a server name it alike: the last good authority is not parsed again. */
let lastAuthority: string | undefined;

/** The answer of a request that goes no further. */
export function answerAtDoor(
  request: Request,
  front: HotFront,
  clientAddress: () => string | undefined,
): Response | undefined {
  const { url } = request;
  const start = url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  const authority = url.slice(start, end < 0 ? url.length : end);
  if (authority !== lastAuthority) {
    if (parseHost(authority) === undefined) return refuse();
    lastAuthority = authority;
  }
  const found = front.answer(new DoorRequest(request, authority, url.slice(end)), clientAddress);
  if (found !== undefined) return toResponse(found);
  return URL.canParse(url) ? undefined : refuse();
}

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
    // forEach, because iterating takes some runtimes several times as long.
    this.#request.headers.forEach((value, name) => {
      reader.add(name, value);
    });
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

function refuse(): Response {
  return new Response("Bad Request\n", {
    status: 400,
    headers: { "content-type": "text/plain;charset=UTF-8" },
  });
}
