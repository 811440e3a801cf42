// May a request go in at all? What Node's parser lets through, but two servers could read in two ways.
// RFC 9112 §2.3 (version), §3.2 (target, Host), §6.1 (Transfer-Encoding).

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientSettings } from "../../contract/guards.ts";
import { parseHost } from "../../http/host.ts";
import { parseRequestTarget } from "../../http/request-target.ts";
import { hasTooManyFields } from "./client-limits.ts";

/** The parts of a request that the checks look at. */
export type RequestHead = Pick<IncomingMessage, "httpVersion" | "url" | "rawHeaders" | "headers">;

type Refusal = 400 | 431 | 501 | 505;
type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

const TITLES: Readonly<Record<Refusal, string>> = {
  400: "Bad Request",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  505: "HTTP Version Not Supported",
};

/** Most requests of a server name it alike: the last good Host is not parsed again. */
let lastHost: string | undefined;

/** The status with which a request must be refused; undefined for a good one. */
export function checkRequest(
  { httpVersion, url, rawHeaders, headers }: RequestHead,
  clients?: ClientSettings,
): Refusal | undefined {
  if (hasTooManyFields(rawHeaders, clients)) return 431;
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return 505;
  if (url === undefined || parseRequestTarget(url) === undefined) return 400;
  if (!hasOneHost(rawHeaders, httpVersion === "1.1")) return 400;
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return undefined;
  // HTTP/1.0 knows no codings, and this server only one: anything else makes the length a guess.
  if (httpVersion === "1.0") return 400;
  return coding.trim().toLowerCase() === "chunked" ? undefined : 501;
}

/** Lets good requests through and answers the others; what follows on their connection is not read. */
export function refuseMalformed(listener: Listener, clients?: ClientSettings): Listener {
  return async (incoming, outgoing) => {
    const status = checkRequest(incoming, clients);
    if (status === undefined) {
      decodeTarget(incoming);
      return listener(incoming, outgoing);
    }
    const text = `${TITLES[status]}\n`;
    const headers = {
      "content-type": "text/plain;charset=UTF-8",
      "content-length": text.length,
      connection: "close",
    };
    outgoing.writeHead(status, headers).end(incoming.method === "HEAD" ? undefined : text);
  };
}

/** Some clients send UTF-8 as it is; Node hands over a character per byte, which the URL parser would misread. */
function decodeTarget(incoming: Pick<IncomingMessage, "url">): void {
  const { url } = incoming;
  if (url === undefined || !url.startsWith("/") || !/[\x80-\xff]/.test(url)) return;
  const target = parseRequestTarget(url);
  if (target !== undefined) incoming.url = target.pathname + target.search;
}

function hasOneHost(rawHeaders: readonly string[], isRequired: boolean): boolean {
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== 4 || name.toLowerCase() !== "host") continue;
    if (host !== undefined) return false;
    host = rawHeaders[index + 1] as string;
  }
  if (host === undefined) return !isRequired;
  if (host === lastHost) return true;
  if (parseHost(host) === undefined) return false;
  lastHost = host;
  return true;
}
