// The port between the supervisor and the processes it cares for. A runtime starts real ones, tests invent them.

/** What a worker says about itself, several times a second. Counts are since its start. */
export interface WorkerReport {
  /** Requests answered, whatever the answer. */
  requests: number;
  inFlight: number;
  connections: number;
  rssBytes: number;
  cpuMs: number;
  /** Share of the time since the last report in which the event loop was not idle, 0 to 1. */
  busy: number;
  /** Answered 503 because too many were in flight. */
  refused: number;
  /** Answered 504 because the deadline had passed. */
  expired: number;
  /** Answered with a status of 500 to 599 by the application. */
  failed: number;
  /** Answers by duration, as counts of the buckets of a latency histogram. */
  latency: number[];
  /** First line of the last error that was logged. */
  lastError?: string;
}

/** What a supervisor hears of a worker. */
export type WorkerEvent =
  | { kind: "ready" }
  | { kind: "boot-failed"; message: string; remedy?: string }
  | { kind: "report"; report: WorkerReport }
  /** Its event loop is stuck past the deadline of a request; the host has written what it knows to the log. */
  | { kind: "hung" }
  /** It wants to go: somebody sent it a signal. It takes no more connections and ends when it is done. */
  | { kind: "leaving" }
  | { kind: "exited"; code: number | null; signal: string | null };

/** How a worker gets to finish. */
export interface DrainOrder {
  /** Time for open requests; what is open then is broken off. */
  limitMs: number;
  /** Time for event streams and WebSockets, which end by themselves in no foreseeable time. */
  streamGraceMs: number;
  /** Close idle connections at once: nobody is left to take the next request on them. */
  closeIdle: boolean;
}

/** A time at which the site's `scheduled` handler is due. */
export interface ScheduledTask {
  /** The expression that was met. */
  cron: string;
  /** Milliseconds since the epoch. */
  scheduledTime: number;
}

export interface WorkerProcess {
  readonly pid: number;
  /** Resident memory as the system counts it; undefined where it does not tell. */
  residentBytes(): number | undefined;
  /** Runs the site's `scheduled` handler. */
  runScheduled(task: ScheduledTask): void;
  /** Gives it no further connections and lets it end in order. */
  drain(order: DrainOrder): void;
  /** Ends it now, whatever it does. */
  kill(): void;
}

/** A worker that is to be started. */
export interface WorkerOrder {
  id: number;
  /** Which release of the site it serves; counts up with every reload. */
  generation: number;
}

export interface ProcessHost {
  /** Starts a worker; everything after that arrives at `listener`, `exited` exactly once and last. */
  start(order: WorkerOrder, listener: (event: WorkerEvent) => void): WorkerProcess;
  /** No worker of this generation is left, and none will come. */
  discard(generation: number): void;
}
