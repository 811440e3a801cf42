// The one shape of everything that answers a request: the Workers `fetch` signature.

/** Bindings and variables a handler can use; read-only by convention. */
export type Env = Record<string, unknown>;

/** What a server gives beside the request: ExecutionContext plus the facts a Request cannot hold. */
export interface GatewayContext {
  /** Keeps the process busy with `work` after the response; a rejection is logged, never thrown. */
  waitUntil(work: Promise<unknown>): void;
  /** Asks that an exception be answered by the static files instead of a 500. */
  passThroughOnException(): void;
  /** Identifies the request in logs and in 500 answers. */
  readonly requestId: string;
  /** The client's IP address as text, or undefined where the transport has none (unix sockets, tests). */
  readonly clientAddress: string | undefined;
  /**
   * Sends an interim answer (1xx: status; name, value …) before the one that is returned; nothing happens where the
   * client knows none. Absent where the runtime cannot.
   */
  sendInterim?(status: number, fields: readonly string[]): void;
  /** Resolves when the exchange is over, an upgraded one too; absent where the runtime does not tell. */
  readonly finished?: Promise<void> | undefined;
  /** There only where requests are logged: whoever answers writes down what the log wants to know. */
  readonly trail?: RequestTrail | undefined;
}

/** What of a request's way the access log tells. */
export interface RequestTrail {
  /** Pattern of the route that answers: of a function (`/users/:id`), of a configured route; `static` for files. */
  route: string | undefined;
  /** The server of an upstream that answered. */
  upstream: string | undefined;
}

/** Answers a request. Throws only if it could not be reached; its own failures are Responses. */
export type Handler<E extends Env = Env> = (
  request: Request,
  env: E,
  context: GatewayContext,
) => Response | Promise<Response>;
