// The connections to one HTTP/1.1 server: which one carries a request, how long an idle one is kept.

import { TransportError, type UpstreamServer } from "../../contract/transport.ts";
import { type ConnectionOwner, Http1Connection } from "./http1-connection.ts";
import { type Http1Exchange, unanswered } from "./http1-exchange.ts";
import { openUpstreamSocket, type PlainConnector } from "./open-upstream-socket.ts";

/** Less than what servers commonly wait, so that we and not they close an idle connection. */
const KEEP_ALIVE_MS = 4_000;
/** What is left to a server that says how long it waits. */
const KEEP_ALIVE_MARGIN_MS = 2_000;
/** Connections are made anew after this time, and with them their server's name is looked up again. */
const CONNECTION_TTL_MS = 30_000;
/** Without traffic, whether the other side is still there is asked after this time. */
const PROBE_AFTER_MS = 60_000;

/** As many connections as there are exchanges at a time. */
export class Http1Pool implements ConnectionOwner {
  readonly #server: UpstreamServer;
  readonly #connect: PlainConnector | undefined;
  readonly #connections = new Set<Http1Connection>();
  /** The one that was used last is at the end, and is used first. */
  readonly #idle: Http1Connection[] = [];
  #waiting: Http1Exchange[] = [];
  #sweep: ReturnType<typeof setTimeout> | undefined;
  #session: Buffer | undefined;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(server: UpstreamServer, connect?: PlainConnector) {
    this.#server = server;
    this.#connect = connect;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /**
   * An idle connection is used when this turn of the event loop ends: by then it is known whether the server has
   * closed it or said something on it that belongs to no request.
   */
  send(exchange: Http1Exchange): void {
    if (this.#idle.length === 0) {
      this.#open(exchange);
      return;
    }
    this.#waiting.push(exchange);
    if (this.#waiting.length === 1) setImmediate(this.#deal);
  }

  /** Idle connections are closed, exchanges under way finish; resolves when they have. */
  close(): Promise<void> {
    this.#deal();
    this.#closed ??= Promise.withResolvers();
    for (const connection of this.#idle.splice(0)) connection.close();
    if (this.#connections.size === 0) this.#closed.resolve();
    return this.#closed.promise;
  }

  onIdle(connection: Http1Connection): void {
    const now = performance.now();
    const { promisedSeconds } = connection;
    const keepMs =
      promisedSeconds === undefined
        ? KEEP_ALIVE_MS
        : Math.min(KEEP_ALIVE_MS, promisedSeconds * 1_000 - KEEP_ALIVE_MARGIN_MS);
    connection.idleUntil = Math.min(now + keepMs, connection.openedAt + CONNECTION_TTL_MS);
    if (this.isClosed || connection.idleUntil <= now) {
      connection.close();
      return;
    }
    this.#idle.push(connection);
    this.#sweep ??= setTimeout(this.#closeExpired, KEEP_ALIVE_MS).unref();
  }

  onClose(connection: Http1Connection): void {
    this.#connections.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#connections.size === 0) this.#closed?.resolve();
  }

  onRepeat(exchange: Http1Exchange): void {
    this.#open(exchange);
  }

  readonly #deal = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    const now = waiting.length === 0 ? 0 : performance.now();
    for (const exchange of waiting) {
      const { signal } = exchange.observer;
      const connection = signal.aborted ? undefined : this.#takeIdle(now);
      // With an aborted signal nothing is opened.
      if (connection === undefined) this.#open(exchange);
      else connection.start(exchange);
    }
  };

  #takeIdle(now: number): Http1Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || (!connection.isClosed && connection.idleUntil > now)) return connection;
      connection.close();
    }
  }

  readonly #closeExpired = (): void => {
    const now = performance.now();
    const kept = this.#idle.filter((connection) => connection.idleUntil > now);
    const expired = this.#idle.filter((connection) => connection.idleUntil <= now);
    this.#idle.splice(0, this.#idle.length, ...kept);
    for (const connection of expired) connection.close();
    const first = Math.min(...kept.map(({ idleUntil }) => idleUntil));
    this.#sweep = kept.length === 0 ? undefined : setTimeout(this.#closeExpired, first - now + 1).unref();
  };

  #open(exchange: Http1Exchange): void {
    const connection = new Http1Connection(this, this.#connect === undefined);
    const { signal } = exchange.observer;
    this.#connections.add(connection);
    openUpstreamSocket(this.#server, signal, {
      connect: this.#connect,
      ...(connection.onread && { onread: connection.onread }),
      applicationProtocol: "http/1.1",
      session: this.#session,
      onSession: (session) => {
        this.#session = session;
      },
    }).then(
      (socket) => {
        // It may have been given up, or have broken, since it was there.
        if (signal.aborted || socket.destroyed) {
          socket.destroy();
          this.#onUnopened(connection, exchange, new TransportError("unreachable", "The connection broke"));
          return;
        }
        socket.setKeepAlive(true, PROBE_AFTER_MS);
        connection.attach(socket);
        connection.start(exchange);
      },
      (error: unknown) => this.#onUnopened(connection, exchange, error),
    );
  }

  #onUnopened(connection: Http1Connection, exchange: Http1Exchange, error: unknown): void {
    const { signal } = exchange.observer;
    this.onClose(connection);
    if (signal.aborted) exchange.reject(signal.reason);
    // What may have been executed over another connection has been sent, even if this one cannot be made.
    else exchange.reject(exchange.wasBroken ? unanswered(error) : error);
  }
}
