// What the supervisor asks of the world around it.

import type { Clock, LogSink } from "../contract/platform.ts";
import type { ProcessHost } from "../contract/process-host.ts";

export interface SupervisorPorts {
  host: ProcessHost;
  clock: Clock;
  log: LogSink;
  /** Numbers from 0 to 1, for jitter. */
  random: () => number;
  /** Numbers for workers, never the same one again. */
  nextId: () => number;
  /** Asks for a `step` soon; there must be one from time to time anyway. */
  wake: () => void;
  /** Connections that wait for a worker. */
  waiting: () => number;
  /** Whether the machine has room for one more process that is loading; always, if absent. */
  mayBoot?: () => boolean;
}
