// The GatewayContext that every runtime hands to the edge, and the background work it collects.

import type { GatewayContext, RequestTrail } from "../contract/handler.ts";
import type { LogSink } from "../contract/platform.ts";

/** Work that outlives its response (`waitUntil`), so that a server can finish it before it stops. */
export class BackgroundWork {
  readonly #pending = new Set<Promise<unknown>>();
  readonly #log: LogSink;

  constructor(log: LogSink) {
    this.#log = log;
  }

  /** Keeps track of `work`; a rejection is logged. */
  add(work: Promise<unknown>, requestId: string): void {
    const tracked = Promise.resolve(work)
      .catch((error: unknown) => this.#log.error("Work given to waitUntil failed", error, { requestId }))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Resolves when nothing is pending, also nothing that pending work started. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }
}

/** The other end of a connection. */
export interface Peer {
  /** Undefined on unix sockets. Some runtimes find it out when asked, and only until the answer is sent. */
  readonly address: string | undefined;
}

/** What tells that an exchange is over: the answer, or the socket of an upgraded one. */
export interface Ending {
  once(event: "close", listener: () => void): unknown;
  /** Absent where there is nothing but a socket. */
  writeInterim?(status: number, fields: readonly string[]): void;
}

/** What is known of some requests only. */
export interface ContextFacts {
  ending?: Ending;
  /** One that the request has already. */
  requestId?: string | undefined;
  /** Where it is logged. */
  trail?: RequestTrail | undefined;
}

/** One request's context; the id is made when somebody asks for it. */
export class RequestContext implements GatewayContext {
  readonly trail: RequestTrail | undefined;
  readonly #peer: Peer;
  readonly #work: BackgroundWork;
  readonly #ending: Ending | undefined;
  #requestId: string | undefined;

  constructor(work: BackgroundWork, peer: Peer, { ending, requestId, trail }: ContextFacts = {}) {
    this.#work = work;
    this.#peer = peer;
    this.#ending = ending;
    this.#requestId = requestId;
    this.trail = trail;
  }

  get clientAddress(): string | undefined {
    return this.#peer.address;
  }

  get finished(): Promise<void> | undefined {
    const ending = this.#ending;
    return ending && new Promise((resolve) => ending.once("close", () => resolve()));
  }

  sendInterim(status: number, fields: readonly string[]): void {
    this.#ending?.writeInterim?.(status, fields);
  }

  get requestId(): string {
    this.#requestId ??= crypto.randomUUID();
    return this.#requestId;
  }

  waitUntil(work: Promise<unknown>): void {
    // What goes on after the answer may still ask who the client was.
    void this.#peer.address;
    this.#work.add(work, this.requestId);
  }

  /** The gateway gives functions their own; for a Handler of another kind there is nothing to pass to. */
  passThroughOnException(): void {}
}
