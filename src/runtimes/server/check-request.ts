// May a request go in at all? What Node's parser lets through, but two servers could read in two ways.
// RFC 9112 §2.3 (version), §3.2 (target, Host), §6.1 (Transfer-Encoding).

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientSettings } from "../../contract/guards.ts";
import { type Host, parseHost } from "../../http/host.ts";
import { parseRequestTarget, type RequestTarget } from "../../http/request-target.ts";
import { hasTooManyFields } from "./client-limits.ts";
import { hasField } from "./framing.ts";

/** The parts of a request that the checks look at. */
export type RequestHead = Pick<IncomingMessage, "httpVersion" | "url" | "rawHeaders" | "headers">;

/** The status with which a request must be refused. */
export type Refusal = 400 | 431 | 501 | 505;

/** What a good request asks for. */
export interface CheckedTarget {
  target: RequestTarget;
  /** Host and port as the URL standard writes them. */
  authority: string;
}

/** Answers a request that may go in. */
export type CheckedListener = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  checked: CheckedTarget,
) => void;

const TITLES: Readonly<Record<Refusal, string>> = {
  400: "Bad Request",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  505: "HTTP Version Not Supported",
};

/** HTTP/1.0 may do without a Host. */
const NAMELESS = "localhost";

/** Reads what a request asks for, or says with which status it must be refused. */
export function checkRequest(head: RequestHead, clients?: ClientSettings): CheckedTarget | Refusal {
  const { httpVersion, url } = head;
  if (hasTooManyFields(head.rawHeaders, clients)) return 431;
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return 505;
  const target = url === undefined ? undefined : parseRequestTarget(url);
  if (target === undefined) return 400;
  const refusal = checkFraming(head);
  if (refusal !== undefined) return refusal;
  const named = readHost(head.rawHeaders, httpVersion === "1.1");
  // The host of an absolute target replaces the field, which must be good all the same (RFC 9112 §3.2.2).
  const authority = named && target.host ? toAuthority(target.host) : named;
  return authority === undefined ? 400 : { target, authority };
}

/** The whole URL of a good request. */
export function urlOf({ target, authority }: CheckedTarget): string {
  return `http://${authority}${target.pathname}${target.search}`;
}

/** Lets good requests through and answers the others; what follows on their connection is not read. */
export function refuseMalformed(
  listener: CheckedListener,
  clients?: ClientSettings,
): (i: IncomingMessage, o: ServerResponse) => void {
  return (incoming, outgoing) => {
    const checked = checkRequest(incoming, clients);
    if (typeof checked === "number") return refuse(checked, incoming, outgoing);
    encodeTarget(incoming, checked);
    return listener(incoming, outgoing, checked);
  };
}

/** Some clients send UTF-8 as it is, of which Node makes a character per byte: logs and upstreams get it encoded. */
function encodeTarget(incoming: IncomingMessage, { target }: CheckedTarget): void {
  const { url = "" } = incoming;
  if (url.startsWith("/") && /[\x80-\xff]/.test(url)) incoming.url = target.pathname + target.search;
}

function refuse(status: Refusal, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const text = `${TITLES[status]}\n`;
  const headers = {
    "content-type": "text/plain;charset=UTF-8",
    "content-length": text.length,
    connection: "close",
  };
  outgoing.writeHead(status, headers).end(incoming.method === "HEAD" ? undefined : text);
}

function checkFraming(head: RequestHead): Refusal | undefined {
  if (!hasField(head.rawHeaders, "transfer-encoding")) return undefined;
  // HTTP/1.0 knows no codings, and this server only one: anything else makes the length a guess.
  if (head.httpVersion === "1.0") return 400;
  return head.headers["transfer-encoding"]?.trim().toLowerCase() === "chunked" ? undefined : 501;
}

/** Most requests of a server name it alike: the last good Host is not parsed again. */
let lastHost: string | undefined;
let lastAuthority: string | undefined;

/** What the one Host field names; undefined for none, several, or one that is malformed. */
function readHost(rawHeaders: readonly string[], isRequired: boolean): string | undefined {
  let field: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== 4 || name.toLowerCase() !== "host") continue;
    if (field !== undefined) return undefined;
    field = rawHeaders[index + 1] as string;
  }
  if (field === undefined) return isRequired ? undefined : NAMELESS;
  if (field !== lastHost) {
    const host = parseHost(field);
    const authority = host && toAuthority(host);
    if (authority === undefined) return undefined;
    lastHost = field;
    lastAuthority = authority;
  }
  return lastAuthority;
}

/** As in URLs: without the default port, numbers that are IPv4 addresses in their usual form. */
function toAuthority({ hostname, port }: Host): string | undefined {
  return URL.parse(`http://${hostname}${port === undefined ? "" : `:${port}`}/`)?.host;
}
