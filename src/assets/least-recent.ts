// What stays in memory under a byte budget? Whatever was used last; the rest makes room.

export interface LeastRecentCache<Value> {
  /** The value, which thereby becomes the most recent. */
  get(key: string): Value | undefined;
  /** Keeps a value of `bytes`, dropping the least recent ones; one that exceeds the budget is not kept. */
  set(key: string, value: Value, bytes: number): void;
  /** Bytes held now. */
  readonly bytes: number;
}

/** A Map remembers the order of insertion, so taking out and putting back is all that recency needs. */
export function createLeastRecentCache<Value>(maxBytes: number): LeastRecentCache<Value> {
  const entries = new Map<string, { value: Value; bytes: number }>();
  let total = 0;

  function remove(key: string): { value: Value; bytes: number } | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    total -= entry.bytes;
    return entry;
  }

  function insert(key: string, entry: { value: Value; bytes: number }): void {
    entries.set(key, entry);
    total += entry.bytes;
  }

  return {
    get(key) {
      const entry = remove(key);
      if (entry) insert(key, entry);
      return entry?.value;
    },
    set(key, value, bytes) {
      remove(key);
      if (bytes > maxBytes) return;
      insert(key, { value, bytes });
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break;
        remove(oldest);
      }
    },
    get bytes() {
      return total;
    },
  };
}
