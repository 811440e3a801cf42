// What stays in memory under a byte budget? Whatever was used lately; the rest makes room.

export interface LeastRecentCache<Value> {
  /** The value, which thereby outlives those that nobody asks for. */
  get(key: string): Value | undefined;
  /** Keeps a value of `bytes`, dropping others; one that exceeds the budget is not kept. */
  set(key: string, value: Value, bytes: number): void;
  /** Bytes held now. */
  readonly bytes: number;
}

interface Entry<Value> {
  value: Value;
  bytes: number;
  /** Asked for since it was last in question. */
  isUsed: boolean;
}

/**
 * Second chance (CLOCK): the oldest entry is dropped, but goes to the end of the line if it was used meanwhile.
 * Nearly as good as the exact order of use, which would cost every look-up a change of the map.
 */
export function createLeastRecentCache<Value>(maxBytes: number): LeastRecentCache<Value> {
  const entries = new Map<string, Entry<Value>>();
  let total = 0;

  function remove(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    total -= entry.bytes;
  }

  /** A second round finds every entry unused, so it ends. */
  function makeRoom(bytes: number): void {
    for (const [key, entry] of entries) {
      if (total + bytes <= maxBytes) return;
      if (!entry.isUsed) remove(key);
      else {
        entry.isUsed = false;
        entries.delete(key);
        entries.set(key, entry);
      }
    }
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entry.isUsed = true;
      return entry.value;
    },
    set(key, value, bytes) {
      remove(key);
      if (bytes > maxBytes) return;
      makeRoom(bytes);
      entries.set(key, { value, bytes, isUsed: false });
      total += bytes;
    },
    get bytes() {
      return total;
    },
  };
}
