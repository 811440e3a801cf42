// Which request does the running code work for? The async context tells, so that a route which asks for
// itself through the cache is recognised.

import { AsyncLocalStorage } from "node:async_hooks";
import type { FlightScope } from "../../cache/flights.ts";

/** A scope that follows promises, timers and callbacks. */
export function createFlightScope(): FlightScope {
  const storage = new AsyncLocalStorage<object>();
  return {
    run: (flight, work) => storage.run(flight, work),
    current: () => storage.getStore(),
  };
}
