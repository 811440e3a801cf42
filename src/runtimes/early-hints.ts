// What may a browser load while functions still decide about a page? RFC 8297.

import type { AssetServer } from "../assets/serve-assets.ts";
import type { Site } from "../contract/site.ts";
import { pathnameOf } from "../http/pathname.ts";

/** The `Link` to send in a 103 before the answer, each link for itself; undefined for none. */
export type EarlyHinter = (request: Request) => string[] | undefined;

/**
 * For a site that wants it: pages behind functions, asked for by a browser that navigates, since browsers take
 * hints at no other time. A page that no function stands before is sent at once, and its 200 says the same.
 */
export function createEarlyHinter(
  site: Site,
  assets: Pick<AssetServer, "linksAt">,
  claims: ((pathname: string) => boolean) | undefined,
): EarlyHinter | undefined {
  if (!site.assets.hintsBeforeFunctions || claims === undefined) return undefined;
  return (request) => {
    if (request.method !== "GET" || request.headers.get("sec-fetch-mode") !== "navigate") return undefined;
    // No address of a link holds a space.
    return claims(pathnameOf(request.url)) ? assets.linksAt(request)?.split(", ") : undefined;
  };
}
