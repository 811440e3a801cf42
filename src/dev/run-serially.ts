// Keeps a task from overlapping itself.

/** Calls `task` once at a time; calls that come while it runs are answered by one more run afterwards. */
export function runSerially(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  return () => {
    again = running !== undefined;
    running ??= (async () => {
      try {
        do {
          again = false;
          await task();
        } while (again);
      } finally {
        running = undefined;
      }
    })();
    return running;
  };
}
