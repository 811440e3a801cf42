// Which request to an origin does running code work for? A route that asks for itself must not wait for itself.

import { AsyncLocalStorage } from "node:async_hooks";
import type { FlightScope } from "../../cache/flights.ts";

export function createFlightScope(): FlightScope {
  const current = new AsyncLocalStorage<object>();
  return {
    run: (flight, work) => current.run(flight, work),
    current: () => current.getStore(),
  };
}
