// Passes a request from a front to the process of its site and the answer back, as they are: nothing is added but the
// client's address, and only framing is made anew.

import {
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { isHopByHop, parseConnectionOptions } from "../../http/hop-by-hop.ts";
import { parseRequestTarget } from "../../http/request-target.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import type { Http1Transport } from "../server/transport-http1.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** What the front settles itself. */
const OWN_FIELDS = new Set(["host", "content-length", "expect"]);

/** How a site hears of a request. */
export interface Introduction {
  host: string;
  /** The field that names the client; what clients say in it themselves is dropped. */
  clientField: string;
}

/** A site's socket as the transport sees it. */
export function serverOnSocket(path: string): UpstreamServer {
  return {
    id: `unix:${path}`,
    protocol: "http",
    address: { kind: "unix", path },
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBufferedBodyBytes: 0,
  };
}

/**
 * Resolves when the answer is written or the client is gone. Rejects with a TransportError while nothing has been
 * written; an answer that breaks off later breaks the client's connection.
 */
export async function forwardToSite(
  incoming: IncomingRequest,
  outgoing: OutgoingAnswer,
  introduction: Introduction,
  server: UpstreamServer,
  transport: Http1Transport,
  send: (answer: SiteAnswer) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) abort.abort(new Error("The client is gone"));
  });
  const interim = (status: number, fields: readonly string[]) =>
    outgoing.writeInterim(status, endToEndFields(fields));
  const observer = { signal: abort.signal, connected() {}, sent() {}, interim };
  try {
    const answer = await transport.send(toUpstream(incoming, introduction), server, observer);
    if (outgoing.destroyed) return;
    await send({ ...answer, fields: endToEndFields(answer.fields) });
  } catch (error) {
    const isClientGone = incoming.socket.destroyed && !incoming.complete;
    if (abort.signal.aborted || outgoing.destroyed || isClientGone) return;
    if (!outgoing.headersSent && error instanceof TransportError) throw error;
    // Half an answer must not look like a whole one.
    outgoing.destroy();
  }
}

/** What a site answered, without what belonged to the connection. */
export type SiteAnswer = Pick<UpstreamResponse, "status" | "statusText" | "fields" | "body">;

/** Passes an answer on without a change; resolves when it is written. */
export async function sendAsItIs(
  { status, statusText, fields, body }: SiteAnswer,
  outgoing: OutgoingAnswer,
): Promise<void> {
  outgoing.writeHead(status, fields, statusText);
  if (body === null || body instanceof Uint8Array) outgoing.end(body ?? undefined);
  else await pump(body, outgoing);
}

function toUpstream(incoming: IncomingRequest, { host, clientField }: Introduction): UpstreamRequest {
  const { method, body } = incoming;
  const named = incoming.fields.flatMap((name, index) =>
    index % 2 === 0 && name === "connection"
      ? parseConnectionOptions(incoming.fields[index + 1] ?? null)
      : [],
  );
  const fields = ["host", host];
  for (let index = 0; index < incoming.fields.length; index += 2) {
    const name = incoming.fields[index] as string;
    if (name === clientField || OWN_FIELDS.has(name) || isHopByHop(name) || named.includes(name)) continue;
    fields.push(name, incoming.fields[index + 1] as string);
  }
  const address = incoming.socket.remoteAddress;
  if (address !== undefined) fields.push(clientField, address);
  const length = incoming.field("content-length");
  // No function sees the body of these.
  const isSent = body !== undefined && method !== "GET" && method !== "HEAD";
  return {
    method,
    target: originForm(incoming.url),
    fields,
    body: isSent ? body.stream() : null,
    contentLength: !isSent || length === undefined ? undefined : Number(length),
    isUpgrade: false,
    client: { address, scheme: "http", host },
  };
}

/** As it came; an absolute target has been taken apart, because its host has become the field. */
export function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const parsed = parseRequestTarget(target);
  return parsed === undefined ? "/" : parsed.pathname + parsed.search;
}

function endToEndFields(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    if (!isHopByHop(fields[index] as string)) kept.push(fields[index] as string, fields[index + 1] as string);
  }
  return kept;
}

async function pump(
  body: { read(): Promise<Uint8Array | undefined>; cancel(): void },
  outgoing: OutgoingAnswer,
): Promise<void> {
  outgoing.flushHeaders();
  for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
    // Ended: the front is leaving and has closed its event streams.
    if (outgoing.writableEnded) return body.cancel();
    if (!outgoing.write(chunk)) await outgoing.drained();
  }
  outgoing.end();
}
