// `/cdn-cgi/` is reserved on Pages: files that plugins brought along lie there, for functions only.

import { pathnameOf } from "../../http/pathname.ts";
import { asDecodedPath } from "../../http/request-target.ts";
import type { EdgeMiddleware, EdgeServices } from "../edge-context.ts";

const RESERVED = "/cdn-cgi";

export function refuseReserved({ assets }: EdgeServices): EdgeMiddleware {
  return async (context, next) => {
    if (isReserved(pathnameOf(context.req.url))) return assets.fetchMissing(context.req.raw);
    return next();
  };
}

/** Whether the static files would read a path as one under `/cdn-cgi/`, however it is spelt. */
export function isReserved(pathname: string): boolean {
  const path = asDecodedPath(pathname);
  return path === RESERVED || path.startsWith(`${RESERVED}/`);
}
