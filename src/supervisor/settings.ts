// How a supervisor cares for its workers: every limit, with its default.

export interface SupervisorSettings {
  /** Workers at full strength. */
  workers: number;
  /** Workers when there is little to do; equal to `workers` switches the adaption off. */
  minWorkers: number;
  /** Time until a worker must be ready. */
  bootLimitMs: number;
  /** Longest deadline of a request. A worker that says nothing for longer is killed. */
  deadlineMs: number;
  /** Time for open requests when a worker leaves. */
  drainLimitMs: number;
  /** Time for event streams and WebSockets when a worker leaves. */
  streamGraceMs: number;
  /** Requests after which a worker is replaced; 0 for never. */
  maxRequests: number;
  /** Age at which a worker is replaced; 0 for never. */
  maxLifetimeMs: number;
  /** Resident memory above which a worker is replaced; 0 for never. */
  maxRssBytes: number;
  /** Resident memory above which a worker is killed, whatever it does; 0 for never. */
  killRssBytes: number;
  /** Share of a processor at which a worker is replaced, as a mean over `cpuWindowMs`; 0 for never. */
  maxCpuShare: number;
  cpuWindowMs: number;
  /** Without a request for this long there are no workers until the next one; 0 for never. */
  idleMs: number;
  /** Go on trying where not even the first release can be loaded, rather than ending. */
  keepTrying: boolean;
}

export const DEFAULT_SETTINGS: SupervisorSettings = {
  workers: 1,
  minWorkers: 1,
  bootLimitMs: 30_000,
  deadlineMs: 60_000,
  drainLimitMs: 30_000,
  streamGraceMs: 5_000,
  maxRequests: 0,
  maxLifetimeMs: 0,
  maxRssBytes: 0,
  killRssBytes: 0,
  maxCpuShare: 0,
  cpuWindowMs: 30_000,
  idleMs: 0,
  keepTrying: false,
};

/** Limits that make workers leave are spread by up to this share, so that they do not all leave at once. */
export const JITTER_SHARE = 0.1;

/** The settings for another number of workers; a minimum below the number stays one. */
export function scaleSettings(settings: SupervisorSettings, workers: number): SupervisorSettings {
  const isAdaptive = settings.minWorkers < settings.workers;
  const minWorkers = isAdaptive ? Math.min(settings.minWorkers, workers) : workers;
  return { ...settings, workers, minWorkers };
}
