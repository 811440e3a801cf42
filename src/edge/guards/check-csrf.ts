// Was this sent by a page of another site? Then it changes nothing here.

import type { CsrfSettings } from "../../contract/guards.ts";
import { identifyClient } from "../../http/client-address.ts";
import { isForged } from "../../http/cross-site.ts";
import { parseOriginPattern } from "../../http/origin.ts";
import { createProblemResponse } from "../../http/problem.ts";
import type { Guard, GuardServices } from "./guard.ts";

/** 403 for what changes something, and for WebSockets, on the word of a page that is not trusted. */
export function checkCsrf({ origins }: CsrfSettings, { trusted }: GuardServices): Guard {
  const patterns = origins.map(parseOriginPattern).filter((pattern) => pattern !== undefined);
  return (next) => (request, env, context) => {
    const { method, headers, url } = request;
    const start = url.indexOf("://") + 3;
    const authority = headers.get("host") ?? url.slice(start, url.indexOf("/", start));
    const peer = { address: context.clientAddress, scheme: "http" as const, host: authority };
    const { host } = identifyClient(peer, headers, trusted);
    const isUpgrade = headers.get("upgrade")?.toLowerCase() === "websocket";
    const [site, origin] = [headers.get("sec-fetch-site"), headers.get("origin")];
    return isForged({ method, site, origin, host, isUpgrade }, patterns)
      ? createProblemResponse(request, { status: 403, detail: "The request comes from another site." })
      : next(request, env, context);
  };
}
