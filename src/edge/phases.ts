// THE ORDERED LIST: what a request meets, from the door to the answer. Reading it is reading the edge.

import type { Handler } from "../contract/handler.ts";
import type { EdgeServices } from "./edge-context.ts";
import { createStaticFilter, deliver } from "./phases/deliver.ts";
import { guardDevelopment } from "./phases/guard-development.ts";
import { guardRequests, hasGuards } from "./phases/guard-requests.ts";
import { limitBody } from "./phases/limit-body.ts";
import { logAccess } from "./phases/log-access.ts";
import { isReserved, refuseReserved } from "./phases/refuse-reserved.ts";
import { createUnroutedFilter } from "./phases/route-match.ts";
import { routeRequests } from "./phases/route-requests.ts";
import { runMiddleware } from "./phases/run-middleware.ts";

/** One station on a request's way. */
export interface Phase {
  name: string;
  /** Stands in front of `next`, or returns it where the site does not need this phase. */
  create(services: EdgeServices, next: Handler): Handler;
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
    create: (services, next) => (services.accessLog ? logAccess(services, next) : next),
    // Who sends a prepared answer logs it.
    spares: spareAll,
  },
  {
    name: "development guard",
    create: ({ site }, next) => (site.development ? guardDevelopment(site.development, next) : next),
    // Prepared answers are for the developer's hosts only, and for no WebSocket.
    spares: spareAll,
  },
  {
    name: "guards",
    create: (services, next) =>
      services.site.routing ? guardRequests(services, services.site.routing, next) : next,
    // Those of routes keep to the paths of routes, which are not spared.
    spares: ({ site }) => {
      const isGuarded = hasGuards(site.routing?.guards ?? {});
      return () => !isGuarded;
    },
  },
  {
    name: "reserved paths",
    create: refuseReserved,
    spares: () => (pathname) => !isReserved(pathname),
  },
  { name: "body limit", create: ({ limits }, next) => limitBody(limits, next), spares: spareAll },
  {
    name: "site middleware",
    create: runMiddleware,
    spares: (services) => () => services.middleware.length === 0,
  },
  {
    name: "routes",
    create: (services, next) =>
      services.site.routing ? routeRequests(services, services.site.routing, next) : next,
    spares: ({ site }) => createUnroutedFilter(site.routing?.routes ?? []),
  },
  {
    name: "static files and functions",
    create: deliver,
    spares: createStaticFilter,
  },
];

/** Compiles a test for paths that every phase spares. */
export function createSparedPathFilter(services: EdgeServices): PathFilter {
  const filters = PHASES.map((phase) => phase.spares(services));
  return (pathname) => filters.every((spares) => spares(pathname));
}
