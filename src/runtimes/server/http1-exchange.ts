// One request over HTTP/1.1 and whoever waits for its answer.

import {
  type ExchangeObserver,
  TransportError,
  type UpstreamRequest,
  type UpstreamResponse,
} from "../../contract/transport.ts";
import { formatRequest } from "../../http/format-request.ts";
import { isIdempotent } from "../../proxy/retry.ts";

/** What connections pass from one to the other. */
export class Http1Exchange {
  readonly method: string;
  /** Request line and fields, without framing. */
  readonly head: string;
  readonly body: ReadableStream<Uint8Array> | null;
  /** Of the body; undefined if only its end will tell. */
  readonly contentLength: number | undefined;
  readonly observer: ExchangeObserver;
  readonly resolve: (response: UpstreamResponse) => void;
  readonly reject: (error: unknown) => void;
  /** A connection broke under it before, when it may have been executed. */
  wasBroken = false;

  /** Throws a TransportError for what HTTP/1.1 cannot carry. */
  constructor(
    { method, target, fields, body, contentLength }: UpstreamRequest,
    observer: ExchangeObserver,
    resolve: (response: UpstreamResponse) => void,
    reject: (error: unknown) => void,
  ) {
    const head = formatRequest(method, target, fields);
    if (head === undefined) throw unsendable();
    const hasBody = body !== null && contentLength !== 0;
    this.method = method;
    this.head = head;
    this.body = hasBody ? body : null;
    this.contentLength = hasBody ? contentLength : 0;
    this.observer = observer;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Whether it can be sent again after a kept connection broke without an answer. RFC 9112 §9.3.1. */
  get mayRepeat(): boolean {
    const { signal } = this.observer;
    return !this.wasBroken && !signal.aborted && this.body === null && isIdempotent(this.method);
  }
}

/** The request went out, and no answer, or not all of it, came back. */
export function unanswered(cause?: unknown): TransportError {
  return new TransportError("unanswered", "The upstream did not answer", { cause });
}

function unsendable(): TransportError {
  return new TransportError("unsendable", "The request cannot be sent over HTTP/1.1");
}
