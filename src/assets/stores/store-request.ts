// How is a remote store asked? In bounded time, and what goes wrong on the way is a StoreError.

import { StoreError } from "../../contract/store-error.ts";
import { streamChunks } from "../stream-chunks.ts";

/** Sends one request; stores that need it sign or authorize here. */
export type StoreFetch = (url: string, init: RequestInit) => Promise<Response>;

/** A request and what is being done, for messages: `read`, `upload`. */
export interface StoreRequest {
  url: string;
  init: RequestInit;
  action: string;
  /** Until the head of the answer is there. */
  timeoutMs: number;
}

/** The answer, whatever its status. No redirect is followed: it would carry credentials along. */
export async function askStore(
  fetch: StoreFetch,
  { url, init, action, timeoutMs }: StoreRequest,
): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, controller.signal]) : controller.signal;
  try {
    return await fetch(url, { ...init, redirect: "manual", signal });
  } catch (cause) {
    const message = `Cannot ${action} "${url}": the origin is unreachable (${reasonOf(cause)})`;
    throw new StoreError(message, { isTransient: true, cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the stream with an error if its source gives nothing for so long although somebody waits for it. */
export function withoutStall(
  body: ReadableStream<Uint8Array>,
  timeoutMs: number,
): ReadableStream<Uint8Array> {
  return streamChunks(readInTime(body, timeoutMs));
}

/** The failure that a status stands for, where the store does not say more. */
export function refusal(action: string, url: string, status: number): StoreError {
  const isTransient = status >= 500 || status === 408 || status === 429;
  return new StoreError(`Cannot ${action} "${url}": the origin answered ${status}`, { isTransient });
}

async function* readInTime(
  body: ReadableStream<Uint8Array>,
  timeoutMs: number,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  let isDone = false;
  try {
    for (;;) {
      const next = await inTime(reader.read(), timeoutMs);
      isDone = next.done;
      if (next.done) return;
      yield next.value;
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const message = `Cannot read on: the origin broke off (${reasonOf(cause)})`;
    throw new StoreError(message, { isTransient: true, cause });
  } finally {
    // Not awaited: a source that gives nothing may not answer this either.
    if (!isDone) reader.cancel().catch(() => undefined);
  }
}

/** A slow reader may take its time: the clock runs only while the source is asked. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new StoreError(`Cannot read on: the origin sent nothing for ${timeoutMs} ms`, {
      isTransient: true,
    });
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The code of the system where there is one (`ECONNREFUSED`), for `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: unknown }; message?: string };
  return typeof cause?.code === "string" ? cause.code : (message ?? String(error));
}
