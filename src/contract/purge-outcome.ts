// What came of a purge.

export interface PurgeOutcome {
  /** Answers that are gone; where processes keep them in memory only, each one's copy counts. */
  removed: number;
  processes: number;
  /** Processes that have not answered in time; they obey as soon as they can. */
  late: number;
}

/** Nothing done yet. */
export const NO_PURGE: PurgeOutcome = { removed: 0, processes: 0, late: 0 };

/** Several purges by the same processes as one. */
export function addPurges(outcomes: readonly PurgeOutcome[]): PurgeOutcome {
  return outcomes.reduce(
    (sum, { removed, processes, late }) => ({
      removed: sum.removed + removed,
      processes: Math.max(sum.processes, processes),
      late: Math.max(sum.late, late),
    }),
    NO_PURGE,
  );
}
