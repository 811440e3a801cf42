// THE ORDERED LIST: what a request meets, from the door to the answer. Reading it is reading the edge.

import type { EdgeMiddleware, EdgeServices } from "./edge-context.ts";
import { createStaticFilter, deliver } from "./phases/deliver.ts";
import { limitBody } from "./phases/limit-body.ts";
import { logAccess } from "./phases/log-access.ts";
import { isReserved, refuseReserved } from "./phases/refuse-reserved.ts";
import { createUnroutedFilter } from "./phases/route-match.ts";
import { routeRequests } from "./phases/route-requests.ts";

/** One station on a request's way. `create` may decline when the site does not need it. */
export interface Phase {
  name: string;
  create(services: EdgeServices): readonly EdgeMiddleware[];
  /**
   * Compiles a test for paths whose files it lets pass as they are, whatever else a GET says: such answers may
   * be prepared (`runtimes/hot-front.ts`), and then nobody asks this phase.
   */
  spares(services: EdgeServices): PathFilter;
}

type PathFilter = (pathname: string) => boolean;

const spareAll = () => () => true;

export const PHASES: readonly Phase[] = [
  {
    name: "access log",
    create: (services) => (services.accessLog ? [logAccess(services)] : []),
    // Who sends a prepared answer logs it.
    spares: spareAll,
  },
  {
    name: "reserved paths",
    create: (services) => [refuseReserved(services)],
    spares: () => (pathname) => !isReserved(pathname),
  },
  { name: "body limit", create: (services) => [limitBody(services.limits)], spares: spareAll },
  {
    name: "site middleware",
    create: (services) => services.middleware,
    spares: (services) => () => services.middleware.length === 0,
  },
  {
    name: "routes",
    create: (services) => (services.site.routing ? [routeRequests(services, services.site.routing)] : []),
    spares: ({ site }) => createUnroutedFilter(site.routing?.routes ?? []),
  },
  {
    name: "static files and functions",
    create: (services) => [deliver(services)],
    spares: createStaticFilter,
  },
];

/** Compiles a test for paths that every phase spares. */
export function createSparedPathFilter(services: EdgeServices): PathFilter {
  const filters = PHASES.map((phase) => phase.spares(services));
  return (pathname) => filters.every((spares) => spares(pathname));
}
