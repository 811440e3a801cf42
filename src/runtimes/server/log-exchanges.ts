// The access log on Node: a line when an answer has left or its client has, with the bytes of the body that were
// written, whoever wrote them.

import type { RequestTrail } from "../../contract/handler.ts";
import type { Clock, LogSink } from "../../contract/platform.ts";
import type { TrustedProxies } from "../../http/client-address.ts";
import { traceIdOf } from "../carry-trace.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { LoggedRequest } from "../logged-request.ts";
import { clientAddressOf } from "../name-client.ts";
import type { Peer } from "../request-context.ts";
import { LineFields } from "./node-request.ts";
import { getPlainFields } from "./node-response.ts";

/** What nginx writes for a client that left before there was an answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Without making a Headers object where none is needed. */
function readField(response: Response, name: string): string | undefined {
  const plain = getPlainFields(response);
  if (plain === undefined) return response.headers.get(name) ?? undefined;
  const index = plain.indexOf(name);
  return index >= 0 && index % 2 === 0 ? plain[index + 1] : undefined;
}

export class ExchangeLog {
  readonly #open = new WeakMap<IncomingRequest, LoggedRequest>();
  readonly #log: LogSink;
  readonly #clock: Clock;
  readonly #trusted: () => TrustedProxies;
  readonly #peerOf: (incoming: IncomingRequest) => Peer;

  constructor(
    log: LogSink,
    clock: Clock,
    trusted: () => TrustedProxies,
    peerOf: (incoming: IncomingRequest) => Peer,
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#trusted = trusted;
    this.#peerOf = peerOf;
  }

  /** A request has come in; its line is written when the answer is through. */
  begin(incoming: IncomingRequest, outgoing: OutgoingAnswer): void {
    const logged = this.#add(incoming);
    // Later the connection may be gone, and the address with it.
    const peer = this.#peerOf(incoming).address;
    outgoing.once("close", () => {
      const status = outgoing.headersSent ? outgoing.statusCode : CLIENT_CLOSED_REQUEST;
      logged.done(this.#headOf(incoming, peer), status, outgoing.bodyBytes);
    });
  }

  /** The same for an upgrade, of which the answer is all that is logged. */
  beginUpgrade(incoming: IncomingRequest): (status: number) => void {
    const logged = this.#add(incoming);
    const peer = this.#peerOf(incoming).address;
    return (status) => logged.done(this.#headOf(incoming, peer), status, 0);
  }

  /** Where phases write down what they learn of a request. */
  trailOf(incoming: IncomingRequest): LoggedRequest | undefined {
    return this.#open.get(incoming);
  }

  /** The answer is known and about to be written. */
  answered(incoming: IncomingRequest, response: Response): void {
    const logged = this.#open.get(incoming);
    if (logged !== undefined) logged.cache = readField(response, "cache-status");
  }

  /** A prepared answer is a static file's. */
  prepared(incoming: IncomingRequest): void {
    const trail: RequestTrail | undefined = this.#open.get(incoming);
    if (trail !== undefined) trail.route = "static";
  }

  #add(incoming: IncomingRequest): LoggedRequest {
    const logged = new LoggedRequest(this.#log, this.#clock);
    this.#open.set(incoming, logged);
    return logged;
  }

  #headOf(incoming: IncomingRequest, peer: string | undefined) {
    const lines = new LineFields(incoming.fields);
    const clientAddress = clientAddressOf(peer, this.#trusted(), (name) => lines.find(name));
    const traceId = traceIdOf(incoming.field("traceparent"));
    return { method: incoming.method, target: incoming.url, clientAddress, traceId };
  }
}
