// May a request reach code of the site? Asked by an edge that has none of it: what cannot is answered there.

import type { Application } from "../contract/site.ts";
import { pathnameOf } from "../http/pathname.ts";
import type { ParamMatchers } from "../pages/param-matchers.ts";
import { createRouteTable } from "../pages/route-table.ts";

/** Matchers may be code of the site; every value fits until those who have it have looked. */
const ANYTHING_FITS: ParamMatchers = new Proxy(
  {},
  {
    get: () => fits,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: fits }),
  },
);

function fits(): boolean {
  return true;
}

/**
 * Compiles the test for an application. It asks the route table itself, in every spelling that the functions
 * would recognise: a test of its own would be a way past the middleware that guards files.
 */
export function createReachFilter(application: Application): (request: Request) => boolean {
  if (application.kind === "none") return () => false;
  if (application.kind === "worker") return () => true;
  const table = createRouteTable(application.routes, { matchers: ANYTHING_FITS });
  return ({ method, url }) => {
    // For other methods the answer of the static files names what functions allow.
    if (method !== "GET" && method !== "HEAD") return true;
    const { middleware, route, hidesFile } = table.match(method, pathnameOf(url));
    return middleware.length > 0 || route !== undefined || hidesFile;
  };
}
