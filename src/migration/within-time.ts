// Waits for work, but not for ever.

/** How waiting ended. */
export type TimedOutcome<T> =
  | { kind: "done"; value: T }
  | { kind: "late" }
  | { kind: "failed"; error: unknown };

/** Starts work with a signal that is aborted when its time is over. Never rejects. */
export async function withinTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limitMs: number,
): Promise<TimedOutcome<T>> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<TimedOutcome<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "late" }), limitMs);
  });
  const done = work(abort.signal).then(
    (value): TimedOutcome<T> => ({ kind: "done", value }),
    (error: unknown): TimedOutcome<T> => ({ kind: "failed", error }),
  );
  const outcome = await Promise.race([done, late]);
  clearTimeout(timer);
  if (outcome.kind === "late") abort.abort();
  return outcome;
}
