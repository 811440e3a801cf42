// `/cdn-cgi/` is reserved on Pages: files that plugins brought along lie there, for functions only.

import type { Handler } from "../../contract/handler.ts";
import { pathnameOf } from "../../http/pathname.ts";
import { asDecodedPath } from "../../http/request-target.ts";
import type { EdgeServices } from "../edge-context.ts";

const RESERVED = "/cdn-cgi";

export function refuseReserved({ assets }: EdgeServices, next: Handler): Handler {
  return (request, env, context) =>
    isReserved(pathnameOf(request.url)) ? assets.fetchMissing(request) : next(request, env, context);
}

/** Whether the static files would read a path as one under `/cdn-cgi/`, however it is spelt. */
export function isReserved(pathname: string): boolean {
  const path = asDecodedPath(pathname);
  return path === RESERVED || path.startsWith(`${RESERVED}/`);
}
