// An answer of the origin, with what the cache noted about its journey.

import type { ExchangeTimes } from "../http/freshness.ts";

export interface Arrival extends ExchangeTimes {
  response: Response;
  /** Number of the last purge before the request left. */
  epoch: number;
  /** Others could wait for it. */
  isLeading: boolean;
}
