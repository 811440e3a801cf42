// May a request go in at all, and what does it ask for? RFC 9112 §3.2 (target, Host).

import type { ClientSettings } from "../../contract/guards.ts";
import { type Host, parseHost } from "../../http/host.ts";
import { notePathname } from "../../http/pathname.ts";
import { parseRequestTarget, type RequestTarget } from "../../http/request-target.ts";
import { answerPlainly } from "../http1/answer-plainly.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { hasTooManyFields } from "./client-limits.ts";

/** The parts of a request that the checks look at. */
export type RequestHead = Pick<IncomingRequest, "httpVersion" | "url" | "fields">;

/** The status with which a request must be refused. */
export type Refusal = 400 | 431;

/** What a good request asks for. */
export interface CheckedTarget {
  target: RequestTarget;
  /** Host and port as the URL standard writes them. */
  authority: string;
}

/** Answers a request that may go in. */
export type CheckedListener = (
  incoming: IncomingRequest,
  outgoing: OutgoingAnswer,
  checked: CheckedTarget,
) => void;

const TITLES: Readonly<Record<Refusal, string>> = {
  400: "Bad Request",
  431: "Request Header Fields Too Large",
};

/** HTTP/1.0 may do without a Host. */
const NAMELESS = "localhost";

/** Reads what a request asks for, or says with which status it must be refused. */
export function checkRequest(head: RequestHead, clients?: ClientSettings): CheckedTarget | Refusal {
  const { httpVersion, url } = head;
  if (hasTooManyFields(head.fields, clients)) return 431;
  const target = parseRequestTarget(url);
  if (target === undefined) return 400;
  const named = readHost(head.fields, httpVersion === "1.1");
  // The host of an absolute target replaces the field, which must be good all the same (RFC 9112 §3.2.2).
  const authority = named && target.host ? toAuthority(target.host) : named;
  return authority === undefined ? 400 : { target, authority };
}

/** The whole URL of a good request. */
export function urlOf({ target, authority }: CheckedTarget): string {
  const url = `http://${authority}${target.pathname}${target.search}`;
  notePathname(url, target.pathname);
  return url;
}

/** Lets good requests through and answers the others; what follows on their connection is not read. */
export function refuseMalformed(
  listener: CheckedListener,
  clients?: ClientSettings,
): (incoming: IncomingRequest, outgoing: OutgoingAnswer) => void {
  return (incoming, outgoing) => {
    const checked = checkRequest(incoming, clients);
    if (typeof checked === "number") return refuse(checked, outgoing);
    encodeTarget(incoming, checked);
    return listener(incoming, outgoing, checked);
  };
}

/** Some clients send UTF-8 as it is, which is read as a character per byte: logs and upstreams get it encoded. */
function encodeTarget(incoming: IncomingRequest, { target }: CheckedTarget): void {
  const { url } = incoming;
  if (url !== target.pathname && url.startsWith("/") && /[\x80-\xff]/.test(url))
    incoming.url = target.pathname + target.search;
}

function refuse(status: Refusal, outgoing: OutgoingAnswer): void {
  outgoing.shouldKeepAlive = false;
  answerPlainly(outgoing, status, `${TITLES[status]}\n`);
}

/** Most requests of a server name it alike: the last good Host is not parsed again. */
let lastHost: string | undefined;
let lastAuthority: string | undefined;

/** What the one Host field names; undefined for none, several, or one that is malformed. */
function readHost(fields: readonly string[], isRequired: boolean): string | undefined {
  let field: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index] !== "host") continue;
    if (field !== undefined) return undefined;
    field = fields[index + 1] as string;
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
