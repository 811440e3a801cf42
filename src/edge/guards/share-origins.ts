// Which other sites may read answers? CORS (Fetch §3.3). Nothing of a request is reflected but an origin that is on
// the list, and whatever an origin decides names Origin in Vary, so that no cache shows one site's answer to another.

import type { CorsSettings } from "../../contract/guards.ts";
import { parseOriginPattern } from "../../http/origin.ts";
import { addVary } from "../../http/vary.ts";
import { editFields, type Guard } from "./guard.ts";

/** Rules of one site only: what an application says under these names is replaced. */
const OWN_FIELDS = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
];

type FieldWriter = (headers: Headers, origin: string | null) => boolean;

/** Writes the fields of CORS on every answer, refusals included. */
export function shareOrigins(cors: CorsSettings): Guard {
  const write = createFieldWriter(cors);
  return (next) => async (request, env, context) => {
    const response = await next(request, env, context);
    return editFields(response, (headers) => {
      const isAllowed = write(headers, request.headers.get("origin"));
      if (isAllowed && cors.exposed.length > 0 && !isPreflight(request))
        headers.set("access-control-expose-headers", cors.exposed.join(", "));
    });
  };
}

/** Answers the questions that browsers ask before they send; nobody behind is troubled. */
export function answerPreflight(cors: CorsSettings): Guard {
  const { methods, headers: fields, maxAgeSeconds } = cors;
  const write = createFieldWriter(cors);
  return (next) => (request, env, context) => {
    if (!isPreflight(request)) return next(request, env, context);
    const headers = new Headers();
    if (write(headers, request.headers.get("origin"))) {
      headers.set("access-control-allow-methods", methods.join(", "));
      if (fields.length > 0) headers.set("access-control-allow-headers", fields.join(", "));
      if (maxAgeSeconds > 0) headers.set("access-control-max-age", String(maxAgeSeconds));
    }
    return new Response(null, { status: 204, headers });
  };
}

function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method");
}

/** Returns whether the origin is allowed. */
function createFieldWriter({ origins, credentials }: CorsSettings): FieldWriter {
  const patterns = origins === "*" ? [] : origins.map(parseOriginPattern).filter((one) => one !== undefined);
  return (headers, origin) => {
    for (const name of OWN_FIELDS) headers.delete(name);
    if (origins === "*") {
      headers.set("access-control-allow-origin", "*");
      return true;
    }
    addVary(headers, "Origin");
    if (origin === null || !patterns.some((matches) => matches(origin.toLowerCase()))) return false;
    headers.set("access-control-allow-origin", origin);
    if (credentials) headers.set("access-control-allow-credentials", "true");
    return true;
  };
}
