// What a worker knows of its requests: which are open, how long, and whether it takes another one.

import { AsyncLocalStorage } from "node:async_hooks";
import { createHistogram, recordDuration } from "../../observe/latency-histogram.ts";
import { answerPlainly } from "../http1/answer-plainly.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { getPlainBody } from "../server/node-response.ts";
import type { RequestGate } from "../site-server.ts";
import { type Deadlines, deadlineMs, shortestDeadlineMs } from "./deadlines.ts";

interface OpenRequest {
  incoming: IncomingRequest;
  outgoing: OutgoingAnswer;
  startedAt: number;
  /** Whether the deadline has passed and was answered. */
  expired: boolean;
}

/** Requests in flight in one worker, unless configured otherwise. */
export const DEFAULT_BACKLOG = 1_000;
/**
 * Time for requests in one turn of the event loop. Those that came together with one that computes would all be
 * taken before anything else is looked at: new connections, refusals, timers.
 */
const TURN_MS = 10;
/** Seconds after which a refused client may try again. */
const RETRY_AFTER_SECONDS = "1";

export class WorkerGate implements RequestGate {
  readonly #open = new Set<OpenRequest>();
  /** The request on whose behalf code runs: what a stuck event loop is stuck in. */
  readonly #current = new AsyncLocalStorage<OpenRequest>();
  readonly #eventStreams = new Set<OutgoingAnswer>();
  readonly #deadlines: Deadlines;
  readonly #shortestMs: number;
  readonly #backlog: number;
  /** Requests that wait until the event loop has looked for input again. */
  readonly #queue: (() => void)[] = [];
  /** When this turn of the event loop took its first request; undefined before. */
  #turnBegan: number | undefined;
  readonly latency = createHistogram();
  requests = 0;
  refused = 0;
  expired = 0;
  failed = 0;
  /** Set where requests come through the front of many sites. */
  clientOf?: (incoming: IncomingRequest) => string | undefined;
  /** Connections are told to close with their next answer. */
  draining = false;

  /** Starts what has waited, as much as this turn has time for. */
  readonly #endTurn = () => {
    this.#turnBegan = undefined;
    if (this.#queue.length === 0) return;
    const began = performance.now();
    this.#beginTurn(began);
    do this.#queue.shift()?.();
    while (this.#queue.length > 0 && performance.now() - began < TURN_MS);
  };

  constructor(deadlines: Deadlines, backlog: number) {
    this.#deadlines = deadlines;
    this.#shortestMs = shortestDeadlineMs(deadlines);
    this.#backlog = backlog;
  }

  get inFlight(): number {
    return this.#open.size;
  }

  pass(incoming: IncomingRequest, outgoing: OutgoingAnswer, next: () => void): void {
    if (this.draining) outgoing.shouldKeepAlive = false;
    // Event streams are open for long and cost little.
    if (this.#open.size - this.#eventStreams.size >= this.#backlog) {
      this.#refuse(outgoing);
      return;
    }
    const startedAt = performance.now();
    const request = { incoming, outgoing, startedAt, expired: false };
    this.#open.add(request);
    outgoing.once("close", () => this.#close(request));
    if (this.#turnBegan === undefined) this.#beginTurn(startedAt);
    if (this.#queue.length === 0 && startedAt - (this.#turnBegan ?? startedAt) < TURN_MS) {
      this.#current.run(request, next);
    } else this.#queue.push(() => this.#start(request, next));
  }

  /** One that has been answered meanwhile, because its deadline has passed or its client has gone, is left. */
  #start(request: OpenRequest, next: () => void): void {
    const { outgoing } = request;
    if (!outgoing.headersSent && !outgoing.destroyed) this.#current.run(request, next);
  }

  #beginTurn(now: number): void {
    this.#turnBegan = now;
    setImmediate(this.#endTurn);
  }

  answered(response: Response, outgoing: OutgoingAnswer): void {
    if (getPlainBody(response) !== undefined) return;
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) this.noteEventStream(outgoing);
  }

  /** The answer is open for long and costs little: it does not count as work. */
  noteEventStream(outgoing: OutgoingAnswer): void {
    this.#eventStreams.add(outgoing);
    outgoing.once("close", () => this.#eventStreams.delete(outgoing));
  }

  /** Answers 504 to every request that is past its deadline and has no answer yet. */
  expire(now: number): void {
    for (const request of this.#open) {
      const { incoming, outgoing, startedAt } = request;
      const ageMs = now - startedAt;
      // In the order of their start: the rest is younger.
      if (ageMs < this.#shortestMs) return;
      if (outgoing.headersSent || outgoing.destroyed) continue;
      if (ageMs < deadlineMs(this.#deadlines, pathnameOf(incoming))) continue;
      this.expired += 1;
      request.expired = true;
      outgoing.shouldKeepAlive = false;
      answerPlainly(outgoing, 504, "Gateway Timeout\n");
    }
  }

  /** From now on every answer closes its connection, those of open requests too. */
  startDraining(): void {
    this.draining = true;
    for (const { outgoing } of this.#open) if (!outgoing.headersSent) outgoing.shouldKeepAlive = false;
  }

  /** Ends event streams as if they were complete: their clients connect again, to another worker. */
  endEventStreams(): void {
    for (const outgoing of this.#eventStreams) {
      outgoing.shouldKeepAlive = false;
      outgoing.end();
    }
  }

  /** The request on whose behalf code runs now, then the other open ones, oldest first. */
  describeOpen(): { method: string; target: string; ageMs: number; overdue: boolean }[] {
    const now = performance.now();
    const current = this.#current.getStore();
    const others = [...this.#open].filter((request) => request !== current);
    return (current === undefined ? others : [current, ...others]).map(({ incoming, startedAt }) => {
      const ageMs = Math.round(now - startedAt);
      const overdue = ageMs >= deadlineMs(this.#deadlines, pathnameOf(incoming));
      return { method: incoming.method, target: incoming.url, ageMs, overdue };
    });
  }

  #refuse(outgoing: OutgoingAnswer): void {
    this.refused += 1;
    answerPlainly(outgoing, 503, "Service Unavailable\n", ["retry-after", RETRY_AFTER_SECONDS]);
  }

  #close(request: OpenRequest): void {
    this.#open.delete(request);
    this.requests += 1;
    if (request.outgoing.statusCode >= 500 && !request.expired) this.failed += 1;
    recordDuration(this.latency, performance.now() - request.startedAt);
  }
}

function pathnameOf({ url }: IncomingRequest): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
