// HTTP/1.1 upstreams on Node: undici's pools keep connections alive, its parser checks the framing of answers.

import { buildConnector, type Dispatcher, Pool } from "undici";
import {
  type ExchangeObserver,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamServer,
} from "../../contract/transport.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import { tlsSettings } from "./upstream-tls.ts";

/** Less than what servers commonly wait, so that we and not they close an idle connection. */
const KEEP_ALIVE_MS = 4_000;
/** Connections are made anew after this time, and with them their server's name is looked up again. */
const CONNECTION_TTL_MS = 30_000;
const MAX_HEAD_BYTES = 64 * 1024;

/** The pools of a process, one for each server. */
export class UndiciTransport {
  readonly #pools = new Map<string, Pool>();
  readonly #poolOf = new WeakMap<UpstreamServer, Pool>();

  send(
    request: UpstreamRequest,
    server: UpstreamServer,
    observer: ExchangeObserver,
  ): Promise<UpstreamResponse> {
    const pool = this.#find(server);
    return new Promise((resolve, reject) => {
      const exchange = new UndiciExchange(observer, resolve, reject);
      pool.dispatch(toDispatchOptions(request), exchange);
    });
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  /** Nothing more will be sent to a server: its idle connections are closed, requests under way finish. */
  async forget(server: UpstreamServer): Promise<void> {
    const key = poolKey(server);
    const pool = this.#pools.get(key);
    this.#pools.delete(key);
    this.#poolOf.delete(server);
    await pool?.close();
  }

  /** Servers of successive configurations that are reached in the same way share connections. */
  #find(server: UpstreamServer): Pool {
    const known = this.#poolOf.get(server);
    if (known !== undefined) return known;
    const key = poolKey(server);
    const pool = this.#pools.get(key) ?? createPool(server);
    this.#pools.set(key, pool);
    this.#poolOf.set(server, pool);
    return pool;
  }
}

function poolKey({ id, tls, connectTimeoutMs }: UpstreamServer): string {
  return JSON.stringify([id, tls, connectTimeoutMs]);
}

function createPool(server: UpstreamServer): Pool {
  const { address, tls } = server;
  const scheme = tls === undefined ? "http" : "https";
  const origin =
    address.kind === "unix"
      ? `${scheme}://localhost`
      : `${scheme}://${address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname}:${address.port}`;
  return new Pool(origin, {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    clientTtl: CONNECTION_TTL_MS,
    // The limits are the upstream's own, and finer.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEAD_BYTES,
    allowH2: false,
    connect: createConnector(server),
  });
}

/** Asks for the name of the server, not for the one in the client's Host, which undici would take. */
function createConnector({ address, tls, connectTimeoutMs }: UpstreamServer): buildConnector.connector {
  const settings = tls === undefined ? {} : tlsSettings(tls, address);
  const connect = buildConnector({
    ...settings,
    timeout: connectTimeoutMs,
    ...(address.kind === "unix" ? { socketPath: address.path } : {}),
  } as buildConnector.BuildOptions);
  return (options, callback) => connect({ ...options, servername: settings.servername ?? "" }, callback);
}

function toDispatchOptions(request: UpstreamRequest): Dispatcher.DispatchOptions {
  const { method, target, fields, body, contentLength } = request;
  const isEmpty = body === null || contentLength === 0;
  const length = isEmpty || contentLength === undefined ? [] : ["content-length", String(contentLength)];
  return {
    path: target,
    method,
    headers: length.length === 0 ? (fields as string[]) : [...fields, ...length],
    // undici iterates over web streams, which its types do not say.
    body: isEmpty ? null : (body as unknown as NonNullable<Dispatcher.DispatchOptions["body"]>),
  };
}

/** What undici reports of one request. */
class UndiciExchange implements Dispatcher.DispatchHandler {
  readonly #observer: ExchangeObserver;
  readonly #resolve: (response: UpstreamResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #queue: ChunkQueue;
  #controller: Dispatcher.DispatchController | undefined;
  #hasHead = false;

  constructor(
    observer: ExchangeObserver,
    resolve: (response: UpstreamResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#observer = observer;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#queue = new ChunkQueue({
      pause: () => this.#controller?.pause(),
      resume: () => this.#controller?.resume(),
      abort: () => this.#controller?.abort(new Error("The client is gone")),
    });
    if (observer.signal.aborted) this.#onAbort();
    else observer.signal.addEventListener("abort", this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const { signal } = this.#observer;
    if (signal.aborted) controller.abort(signal.reason);
    else this.#observer.connected();
  }

  onRequestSent(): void {
    if (!this.#hasHead) this.#observer.sent();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText = "",
  ): void {
    // Interim answers are for this connection: nobody here asked for one.
    if (status < 200) return;
    this.#hasHead = true;
    const fields = decodeFields(controller.rawHeaders);
    const contentLength = parseLength(headers["content-length"]);
    // A short answer has come whole by the time this callback's microtasks run: it then needs no stream.
    queueMicrotask(() => {
      const body = this.#queue.isOver ? this.#queue.takeAll() : this.#queue;
      this.#resolve({ status, statusText, fields, body, contentLength });
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#queue.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    this.#queue.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#release();
    const { signal } = this.#observer;
    const reason = signal.aborted ? signal.reason : toTransportError(error, this.#controller !== undefined);
    this.#reject(reason);
    this.#queue.fail(reason);
  }

  readonly #onAbort = (): void => {
    const { signal } = this.#observer;
    this.#controller?.abort(signal.reason);
    // While it waits for a connection a request has no controller; it is aborted when it gets one.
    this.#reject(signal.reason);
  };

  #release(): void {
    this.#observer.signal.removeEventListener("abort", this.#onAbort);
  }
}

/** Bytes as Latin-1, because servers send UTF-8 and worse, and the client is to get the same bytes. */
function decodeFields(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  const fields = Array.isArray(raw) ? (raw as (Buffer | string)[]) : [];
  return fields.map((part, index) => {
    const text = typeof part === "string" ? part : part.toString("latin1");
    return index % 2 === 0 ? text.toLowerCase() : text;
  });
}

function parseLength(field: string | string[] | undefined): number | undefined {
  return typeof field === "string" && /^\d{1,15}$/.test(field) ? Number(field) : undefined;
}

function toTransportError(error: Error & { code?: string }, isConnected: boolean): TransportError {
  const { code = "" } = error;
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return new TransportError("unsendable", "The request cannot be sent over HTTP/1.1", { cause: error });
  }
  if (!isConnected) {
    const timedOut = code === "UND_ERR_CONNECT_TIMEOUT";
    return new TransportError("unreachable", "Cannot connect to the upstream", { cause: error, timedOut });
  }
  const failure = code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW" ? "malformed" : "unanswered";
  return new TransportError(failure, "The upstream did not answer", { cause: error });
}
