// A small fast store in front of a large slow one: what is asked for often is in memory, everything survives.

import type { ResponseCache, StoredHead, StoredResponse } from "../contract/response-cache.ts";
import { collectStream } from "./collect-stream.ts";
import { addPurge, isPurged, type PurgeRecord } from "./purge-records.ts";

export interface TieredCacheOptions {
  /** Larger bodies are read from the slow store each time. Default 1 MiB. */
  maxPromotedBytes?: number;
  /** Milliseconds, by the clock that tells when answers were requested. */
  now?: () => number;
}

/** Purges that are remembered until the slow store surely has nothing left of what they meant. */
const MAX_PURGES = 1_024;
const REMEMBERED_FOR_MS = 600_000;

/**
 * Keeps everything in `slow`, which other processes may share, and what is in use also in `fast`. A purge counts
 * from its first moment, and of what was on its way from one store to the other too.
 */
export function createTieredCache(
  fast: ResponseCache,
  slow: ResponseCache,
  { maxPromotedBytes = 1024 * 1024, now = Date.now }: TieredCacheOptions = {},
): ResponseCache {
  const maxFastBytes = Math.min(fast.maxBodyBytes, maxPromotedBytes);
  let purges: PurgeRecord[] = [];

  function isGone(head: StoredHead): boolean {
    return purges.some((purge) => isPurged(head, purge));
  }

  function recordPurge(selection: PurgeRecord["selection"]): void {
    const atMs = now();
    const recent = purges.filter((purge) => atMs - purge.atMs < REMEMBERED_FOR_MS);
    purges = addPurge(recent, { selection, atMs }, MAX_PURGES);
  }

  /** The answer with its body in memory, if it is small enough to be there. */
  async function promote(stored: StoredResponse): Promise<StoredResponse> {
    if (stored.size > maxFastBytes) return stored;
    const body = stored.body instanceof Uint8Array ? stored.body : await stored.body.read();
    const bytes = body instanceof ReadableStream ? await collectStream(body, maxFastBytes) : body;
    if (bytes === undefined) return stored;
    const { size: _size, body: _body, ...head } = stored;
    if (!isGone(stored)) await fast.write(head, bytes);
    return { ...stored, body: bytes };
  }

  /** What the slow store has; and what only the fast one has, which is better than nothing. */
  async function readSlow(
    key: string,
    isWanted: (head: StoredHead) => boolean,
    fastOnes: readonly StoredResponse[],
  ) {
    const slowOnes = (await slow.read(key, isWanted)).filter((stored) => !isGone(stored));
    const found = await Promise.all(slowOnes.map((stored) => (isWanted(stored) ? promote(stored) : stored)));
    const variants = new Set(found.map(({ variant }) => variant));
    const rest = fastOnes.filter(({ variant }) => !variants.has(variant));
    return [...found, ...rest]
      .filter((stored) => !isGone(stored))
      .sort((a, b) => b.receivedAtMs - a.receivedAtMs);
  }

  return {
    maxBodyBytes: slow.maxBodyBytes,
    read(key, isWanted = () => true) {
      const found = fast.read(key, isWanted);
      if (found instanceof Promise) {
        return found.then((kept) => (kept.some(isWanted) ? kept : readSlow(key, isWanted, kept)));
      }
      return found.some(isWanted) ? found : readSlow(key, isWanted, found);
    },
    async write(head, body) {
      if (body instanceof Uint8Array) {
        if (isGone(head)) return false;
        if (body.byteLength <= maxFastBytes) await fast.write(head, body);
        return slow.write(head, body);
      }
      const { bytes, rest } = await peekStream(body, maxFastBytes);
      if (isGone(head)) {
        await rest?.cancel();
        return false;
      }
      if (rest === undefined && bytes !== undefined) await fast.write(head, bytes);
      // A version that is too large for memory must not leave an older one there.
      else await fast.remove(head.key, head.variant);
      const whole = rest ?? bytes;
      return whole === undefined ? false : slow.write(head, whole);
    },
    async update(head) {
      await fast.update(head);
      await slow.update(head);
    },
    async remove(key, variant) {
      const wasFast = await fast.remove(key, variant);
      return (await slow.remove(key, variant)) || wasFast;
    },
    async purge(selection) {
      recordPurge(selection);
      await fast.purge(selection);
      return slow.purge(selection);
    },
  };
}

interface Peeked {
  /** Everything, if the stream ended within the limit. */
  bytes: Uint8Array | undefined;
  /** Everything as a stream, if it goes on beyond. Neither is there if the stream failed. */
  rest: ReadableStream<Uint8Array> | undefined;
}

async function peekStream(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Peeked> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (length <= maxBytes) {
      const { done, value } = await reader.read();
      if (done) {
        const bytes = await collectStream(replay(chunks, undefined), maxBytes);
        return { bytes, rest: undefined };
      }
      chunks.push(value);
      length += value.byteLength;
    }
  } catch {
    // The readers of the answer are told; there is nothing to keep.
    return { bytes: undefined, rest: undefined };
  }
  return { bytes: undefined, rest: replay(chunks, reader) };
}

/** The chunks that were read, then what is left. */
function replay(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): ReadableStream<Uint8Array> {
  const queue = [...chunks];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = queue.shift() ?? (await reader?.read())?.value;
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
