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

/** One request's context; the id is made when somebody asks for it. */
export class RequestContext implements GatewayContext {
  readonly clientAddress: string | undefined;
  readonly trail: RequestTrail | undefined;
  readonly #work: BackgroundWork;
  #requestId: string | undefined;

  /** `requestId` is one that the request has already; `trail` is where it is logged. */
  constructor(
    work: BackgroundWork,
    clientAddress: string | undefined,
    requestId?: string,
    trail?: RequestTrail,
  ) {
    this.#work = work;
    this.clientAddress = clientAddress;
    this.#requestId = requestId;
    this.trail = trail;
  }

  get requestId(): string {
    this.#requestId ??= crypto.randomUUID();
    return this.#requestId;
  }

  waitUntil(work: Promise<unknown>): void {
    this.#work.add(work, this.requestId);
  }

  /** The gateway gives functions their own; for a Handler of another kind there is nothing to pass to. */
  passThroughOnException(): void {}
}
