// The port through which a reverse proxy reaches other servers: one request to one server, whatever the
// protocol. The proxy's core decides whom to ask, when to give up and what the client is told.

import type { CancelSignal } from "./cancellation.ts";

/** Protocols that an upstream may speak. */
export const UPSTREAM_PROTOCOLS = ["http", "uwsgi", "fastcgi"] as const;
export type UpstreamProtocol = (typeof UPSTREAM_PROTOCOLS)[number];

/** Where a server listens. */
export type ServerAddress = { kind: "tcp"; hostname: string; port: number } | { kind: "unix"; path: string };

/** TLS towards an upstream. The server's certificate is verified unless that is switched off by name. */
export interface UpstreamTls {
  /** The name to ask for and to find in the certificate; the server's own host name if absent. */
  serverName?: string;
  /** Certificates to trust in place of the system's, in PEM. */
  ca?: string;
  /** The client's own certificate and key, in PEM. */
  certificate?: string;
  key?: string;
  /** Accepts any certificate. */
  dangerouslyAcceptAnyCertificate?: boolean;
}

/** One server of an upstream, as a transport sees it. */
export interface UpstreamServer {
  /** Tells servers apart and names them in logs: `http://10.0.0.1:8080`, `uwsgi:///run/app.sock`. */
  id: string;
  protocol: UpstreamProtocol;
  address: ServerAddress;
  /** Absent: plain text. */
  tls?: UpstreamTls;
  connectTimeoutMs: number;
  /** Further variables for uwsgi and FastCGI. */
  variables?: Readonly<Record<string, string>>;
  /** FastCGI: the script that answers every path, or the directory below which paths name scripts. */
  script?: { file: string } | { root: string; index: string };
  /** uwsgi and FastCGI need a length: a body without one is collected up to here. */
  maxBufferedBodyBytes: number;
}

/** A request that has been made ready for another server: end-to-end fields only. */
export interface UpstreamRequest {
  method: string;
  /** Path and query, as they are to be sent. */
  target: string;
  /** Name, value, name, value …; names in lower case, each character one byte. Has `host`, no framing. */
  fields: readonly string[];
  body: ReadableStream<Uint8Array> | null;
  /** Of the body, where it is known beforehand. */
  contentLength: number | undefined;
  /** The client asks for a WebSocket (RFC 6455). */
  isUpgrade: boolean;
  /** Who asks, and how, after forwarding fields of trusted proxies were considered. */
  client: ClientFacts;
}

/** What is known of the client's side of a connection. */
export interface ClientFacts {
  address: string | undefined;
  scheme: "http" | "https";
  /** As the client named this server: `example.com:8080`. */
  host: string;
}

/** Bytes that arrive one after the other; `undefined` is the end, a rejection a broken connection. */
export interface BodySource {
  read(): Promise<Uint8Array | undefined>;
  /** Nobody reads on: the connection is given up. */
  cancel(): void;
  /** The reader has no more use for a chunk, which may be written over. */
  release?(chunk: Uint8Array): void;
}

/** What a server answered; framing has been checked and taken off. */
export interface UpstreamResponse {
  status: number;
  statusText: string;
  /** Name, value, name, value …, as received, in lower case; hop-by-hop ones may be among them. */
  fields: readonly string[];
  /** Bytes if the whole body is there already. */
  body: Uint8Array | BodySource | null;
  /** The length that the framing promises; undefined if only the end will tell. */
  contentLength: number | undefined;
  /** The client's end of an accepted WebSocket, for the runtime's upgrade response. */
  webSocket?: unknown;
  /** Resolves when an accepted WebSocket has ended. */
  closed?: Promise<void>;
}

/** What a transport tells while it sends, so that each wait can have a limit of its own. */
export interface ExchangeObserver {
  signal: CancelSignal;
  /** A connection is there and the request begins to go out: from now on it may be executed. */
  connected(): void;
  /** The request is out with all of its body. */
  sent(): void;
  /** An interim answer (1xx) has come, but none to Expect; fields as in the answer. RFC 9110 §15.2. */
  interim?(status: number, fields: readonly string[]): void;
}

/** Sends requests. Rejects with a TransportError, or with the signal's reason. */
export interface Transport {
  send(
    request: UpstreamRequest,
    server: UpstreamServer,
    observer: ExchangeObserver,
  ): Promise<UpstreamResponse>;
  /** Gives up idle connections; requests under way finish. */
  close(): Promise<void>;
}

/**
 * How far an exchange got: `unreachable` before anything was sent; `unanswered` after, without an answer;
 * `malformed` with something that is none; `unsendable` for what the protocol cannot carry.
 */
export type TransportFailure = "unreachable" | "unanswered" | "malformed" | "unsendable";

/** Why there is no answer. */
export class TransportError extends Error {
  readonly failure: TransportFailure;
  /** The limit for connecting was what ended it. */
  readonly timedOut: boolean;
  /** What the client did wrong, where the request cannot be sent. */
  readonly status: 400 | 413 | 431;

  constructor(
    failure: TransportFailure,
    message: string,
    options: { cause?: unknown; timedOut?: boolean; status?: 400 | 413 | 431 } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TransportError";
    this.failure = failure;
    this.timedOut = options.timedOut ?? false;
    this.status = options.status ?? 400;
  }
}

/** Thrown by an upstream's handler: no server could be reached, so nothing has been executed. */
export class UpstreamUnreachableError extends Error {
  readonly upstream: string;
  /** 502 nobody listens, 503 nobody may be asked now, 504 nobody took the connection in time. */
  readonly status: 502 | 503 | 504;

  constructor(upstream: string, status: 502 | 503 | 504, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "UpstreamUnreachableError";
    this.upstream = upstream;
    this.status = status;
  }
}
