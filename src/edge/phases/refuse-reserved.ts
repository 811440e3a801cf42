// `/cdn-cgi/` is reserved on Pages: files that plugins brought along lie there, for functions only.

import { pathnameOf } from "../../http/pathname.ts";
import type { EdgeMiddleware } from "../edge-context.ts";

const RESERVED_SEGMENT = "cdn-cgi";

export function refuseReserved(): EdgeMiddleware {
  return async (context, next) => {
    if (isReserved(pathnameOf(context.req.url))) return new Response(null, { status: 404 });
    return next();
  };
}

/** Whether a path, in any spelling that the static files would understand, is under `/cdn-cgi/`. */
export function isReserved(pathname: string): boolean {
  if (!pathname.includes("cdn-cgi") && !pathname.includes("%")) return false;
  return firstSegment(pathname) === RESERVED_SEGMENT;
}

function firstSegment(pathname: string): string | undefined {
  let decoded = pathname;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    // Not decodable: the static files take such a path as it is, and so do we.
  }
  return decoded
    .split(/[/\\]+/)
    .find((segment) => segment !== "" && segment !== ".")
    ?.toLowerCase();
}
