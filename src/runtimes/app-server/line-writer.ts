// Writes log lines so that those of several processes never mix: whole lines, few at a time, in one write each.

import { writeSync } from "node:fs";

/** A write of up to this size to a pipe is one piece (POSIX PIPE_BUF on Linux). */
const ATOMIC_BYTES = 4_096;
const FLUSH_AFTER_MS = 50;
/** If nobody reads, memory must not grow; what does not fit is counted. */
const MAX_HELD_BYTES = 1_048_576;
const AGAIN_AFTER_MS = 20;

export interface LineWriter {
  write(line: string): void;
  /** Writes what is held now, as far as the reader takes it. */
  flush(): void;
}

/** Lines that one write will carry. */
interface Batch {
  text: string;
  bytes: number;
}

/** A writer for a file descriptor. Lines longer than a pipe takes at once are cut. */
export function createLineWriter(descriptor: number): LineWriter {
  const held: Batch[] = [];
  let heldBytes = 0;
  let lost = 0;
  /** The reader was behind at the last attempt; the next one comes with the timer. */
  let isBlocked = false;
  let timer: NodeJS.Timeout | undefined;
  const schedule = (afterMs: number) => {
    timer ??= setTimeout(flush, afterMs).unref();
  };
  const writeAllBut = (kept: number) => {
    isBlocked = false;
    for (let batch = held[0]; batch !== undefined && held.length > kept; batch = held[0]) {
      isBlocked = !writeWhole(descriptor, batch.text);
      if (isBlocked) return schedule(AGAIN_AFTER_MS);
      held.shift();
      heldBytes -= batch.bytes;
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    writeAllBut(0);
  };
  const hold = (text: string) => {
    const line = limit(text);
    const last = held.at(-1);
    heldBytes += line.bytes;
    if (last === undefined || last.bytes + line.bytes > ATOMIC_BYTES) held.push(line);
    else {
      last.text += line.text;
      last.bytes += line.bytes;
    }
  };
  return {
    flush,
    write(line) {
      if (heldBytes > MAX_HELD_BYTES) {
        lost += 1;
        return;
      }
      if (lost > 0) hold(`${lost} lines were lost here\n`);
      lost = 0;
      hold(`${line}\n`);
      // The last batch may still get more; those before it are as full as they will be.
      if (held.length > 1 && !isBlocked) writeAllBut(1);
      schedule(FLUSH_AFTER_MS);
    },
  };
}

function limit(text: string): Batch {
  const bytes = Buffer.byteLength(text);
  if (bytes <= ATOMIC_BYTES) return { text, bytes };
  const kept = Buffer.from(text)
    .subarray(0, ATOMIC_BYTES - 8)
    .toString();
  return limit(`${kept}...\n`);
}

/** False if the reader is behind. A write of this size is done whole or not at all. */
function writeWhole(descriptor: number, text: string): boolean {
  try {
    writeSync(descriptor, text);
  } catch (error) {
    // A log that nobody reads any more must not end the server.
    return (error as NodeJS.ErrnoException).code !== "EAGAIN";
  }
  return true;
}
