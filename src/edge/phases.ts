// THE ORDERED LIST: what a request meets, from the door to the answer. Reading it is reading the edge.

import type { EdgeMiddleware, EdgeServices } from "./edge-context.ts";
import { deliver } from "./phases/deliver.ts";
import { limitBody } from "./phases/limit-body.ts";
import { logAccess } from "./phases/log-access.ts";
import { refuseReserved } from "./phases/refuse-reserved.ts";
import { routeRequests } from "./phases/route-requests.ts";

/** One station on a request's way. `create` may decline when the site does not need it. */
export interface Phase {
  name: string;
  create(services: EdgeServices): readonly EdgeMiddleware[];
}

export const PHASES: readonly Phase[] = [
  { name: "access log", create: (services) => (services.accessLog ? [logAccess(services)] : []) },
  { name: "reserved paths", create: (services) => [refuseReserved(services)] },
  { name: "body limit", create: (services) => [limitBody(services.limits)] },
  { name: "site middleware", create: (services) => services.middleware },
  {
    name: "routes",
    create: (services) => (services.site.routing ? [routeRequests(services, services.site.routing)] : []),
  },
  { name: "static files and functions", create: (services) => [deliver(services)] },
];
