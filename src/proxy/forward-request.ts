// What of a client's request goes to another server? End-to-end fields, our own account of the client, and
// nothing that describes the client's connection. RFC 9110 §7.6.

import type { UpstreamSettings } from "../contract/routing.ts";
import type { UpstreamRequest, UpstreamServer } from "../contract/transport.ts";
import { unsortedFieldsOf } from "../contract/unsorted-fields.ts";
import {
  type ClientIdentity,
  FORWARDING_FIELDS,
  identifyClient,
  type TrustedProxies,
} from "../http/client-address.ts";
import { isHopByHop, parseConnectionOptions } from "../http/hop-by-hop.ts";
import { formatForwardedFields, formatVia } from "./forwarded-fields.ts";

/** Written by us, or of the client's connection only. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...FORWARDING_FIELDS,
  "host",
  "content-length",
  "expect",
  "via",
  "http2-settings",
]);

/** A request for another server, still without the Host that depends on which one it is. */
export interface ForwardedRequest {
  request: Omit<UpstreamRequest, "fields">;
  fields: readonly string[];
  /** The Host that the client named. */
  host: string;
}

/** Reads a client's request once, for all servers that it may be sent to. */
export function forwardRequest(
  request: Request,
  peer: string | undefined,
  { forwarding }: Pick<UpstreamSettings, "forwarding">,
  trusted: TrustedProxies,
): ForwardedRequest {
  const { url, headers, method } = request;
  const pathStart = url.indexOf("/", url.indexOf("://") + 3);
  const scheme = url.startsWith("https:") ? "https" : "http";
  const host = headers.get("host") ?? url.slice(url.indexOf("://") + 3, pathStart);
  const client = identifyClient({ address: peer, scheme, host }, headers, trusted);
  const isUpgrade = asksForWebSocket(request);
  return {
    request: {
      method,
      target: withoutFragment(pathStart === -1 ? "/" : url.slice(pathStart)),
      body: method === "GET" || method === "HEAD" ? null : request.body,
      contentLength: parseContentLength(headers.get("content-length")),
      isUpgrade,
      client: { address: client.address, scheme: client.scheme, host: client.host },
    },
    fields: endToEndFields(headers).concat(ownFields(headers, forwarding, client, peer)),
    host,
  };
}

/** The request as one server gets it. */
export function addressRequest(
  { request, fields, host }: ForwardedRequest,
  server: UpstreamServer,
  rule: UpstreamSettings["host"],
): UpstreamRequest {
  return { ...request, fields: ["host", selectHost(host, server, rule)].concat(fields) };
}

/** Whether this is a handshake that a server may answer with 101 (RFC 6455 §4.1). */
export function asksForWebSocket({ method, headers }: Request): boolean {
  const upgrade = headers.get("upgrade");
  if (upgrade === null || method !== "GET" || upgrade.toLowerCase() !== "websocket") return false;
  return parseConnectionOptions(headers.get("connection")).includes("upgrade");
}

function selectHost(host: string, { address, tls }: UpstreamServer, rule: UpstreamSettings["host"]): string {
  if (rule.kind === "fixed") return rule.value;
  if (rule.kind === "client" && host !== "") return host;
  if (address.kind === "unix") return "localhost";
  const name = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return address.port === (tls === undefined ? 80 : 443) ? name : `${name}:${address.port}`;
}

function endToEndFields(headers: Headers): string[] {
  const named = headers.has("connection") ? parseConnectionOptions(headers.get("connection")) : [];
  const fields: string[] = [];
  for (const [name, value] of unsortedFieldsOf(headers)) {
    if (isHopByHop(name) || named.includes(name) || OWN_FIELDS.has(name)) continue;
    if (isOwnFieldSpeltOtherwise(name)) continue;
    fields.push(name, value);
  }
  return fields;
}

/** Servers with CGI's variables read `x_real_ip` and `x.real.ip` as `x-real-ip`. */
function isOwnFieldSpeltOtherwise(name: string): boolean {
  return /[^a-z0-9-]/.test(name) && OWN_FIELDS.has(name.replace(/[^a-z0-9]/g, "-"));
}

function ownFields(
  headers: Headers,
  style: UpstreamSettings["forwarding"],
  client: ClientIdentity,
  peer: string | undefined,
): string[] {
  return ["via", formatVia(headers.get("via"))].concat(formatForwardedFields(style, client, peer));
}

function parseContentLength(field: string | null): number | undefined {
  if (field === null || !/^\d{1,15}$/.test(field)) return undefined;
  return Number(field);
}

function withoutFragment(target: string): string {
  const fragment = target.indexOf("#");
  return fragment === -1 ? target : target.slice(0, fragment);
}
