// Objects whose JSON depends on the values alone, not on the order in which they were found.

/** A copy in which the keys of every object are sorted. */
export function sortKeys<Value>(value: Value): Value {
  return sortPart(value) as Value;
}

function sortPart(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortPart);
  // Entries rather than assignments: `__proto__` is a key like any other here.
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sortPart(part)]));
}
