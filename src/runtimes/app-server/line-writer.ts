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

/** A writer for a file descriptor. Lines longer than a pipe takes at once are cut. */
export function createLineWriter(descriptor: number): LineWriter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    while (held.length > 0) {
      const [batch, count] = takeBatch(held);
      if (!writeWhole(descriptor, batch)) {
        timer = setTimeout(flush, AGAIN_AFTER_MS).unref();
        return;
      }
      held = held.slice(count);
      heldBytes -= batch.length;
    }
  };
  return {
    flush,
    write(line) {
      const bytes = encodeLine(lost > 0 ? `${lost} lines were lost here\n${line}` : line);
      if (heldBytes + bytes.length > MAX_HELD_BYTES) {
        lost += 1;
        return;
      }
      lost = 0;
      held.push(bytes);
      heldBytes += bytes.length;
      if (heldBytes >= ATOMIC_BYTES && timer === undefined) flush();
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
    },
  };
}

function encodeLine(line: string): Buffer {
  const bytes = Buffer.from(`${line}\n`);
  if (bytes.length <= ATOMIC_BYTES) return bytes;
  return Buffer.concat([bytes.subarray(0, ATOMIC_BYTES - 4), Buffer.from("...\n")]);
}

function takeBatch(lines: readonly Buffer[]): [batch: Buffer, count: number] {
  let bytes = 0;
  let count = 0;
  for (const line of lines) {
    if (count > 0 && bytes + line.length > ATOMIC_BYTES) break;
    bytes += line.length;
    count += 1;
  }
  return [Buffer.concat(lines.slice(0, count), bytes), count];
}

/** False if the reader is behind. A write of this size is done whole or not at all. */
function writeWhole(descriptor: number, bytes: Buffer): boolean {
  try {
    writeSync(descriptor, bytes);
  } catch (error) {
    // A log that nobody reads any more must not end the server.
    return (error as NodeJS.ErrnoException).code !== "EAGAIN";
  }
  return true;
}
