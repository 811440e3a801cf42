// A request body on its way to a server: read only when the server takes it, so that it can go to another one as
// long as nobody has, and each wait for the server is limited while a slow client's is not.

import type { Deadlines } from "./deadlines.ts";

/** A body that remembers whether it was touched. */
export interface TrackedBody {
  stream: ReadableStream<Uint8Array> | null;
  isUsed(): boolean;
}

/** Wraps a body for one attempt. Several wrappers may be made, as long as none was read from. */
export function trackBody(body: ReadableStream<Uint8Array> | null, deadlines: Deadlines): TrackedBody {
  if (body === null) return { stream: null, isUsed: () => false };
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= body.getReader();
        deadlines.rest();
        const { done, value } = await reader.read();
        deadlines.await("idle");
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { stream, isUsed: () => reader !== undefined };
}
