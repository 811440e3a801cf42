// Who may use a route? Bearers of a signed token (RFC 7519, RFC 6750). The library checks signature and claims; what
// it would leave to its caller is decided here: which algorithms, which key, where the token is, what is told.

import type { JWTPayload } from "jose";
import type { JwtAuthSettings } from "../../contract/guards.ts";
import { readCookie } from "../../http/cookie.ts";
import { createProblemResponse } from "../../http/problem.ts";
import type { Authenticate } from "./authenticate.ts";
import type { GuardServices } from "./guard.ts";
import { createKeyFinder, KeysUnavailableError } from "./jwt-keys.ts";

/** What a client is told; the details stay here. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "The token has expired",
  ERR_JWT_CLAIM_VALIDATION_FAILED: "The token is not for this site, or not valid now",
};
const PRINTABLE = /^[\x20-\x7e]*$/;
const NUMERIC_DATES = ["exp", "nbf", "iat"] as const;

/** Lets bearers of good tokens in. */
export function createJwtAuth(
  settings: JwtAuthSettings,
  { env, clock, log }: Pick<GuardServices, "env" | "clock" | "log">,
): Authenticate {
  const { realm, algorithms, issuers, audiences, requiredClaims, clockToleranceSeconds, claims } = settings;
  const findKey = createKeyFinder(settings.key, env, clock);
  const challenge = `Bearer realm="${realm}"`;
  return async (request, _env, context) => {
    const refuse = (problem: string) =>
      createProblemResponse(request, { status: 401, headers: { "www-authenticate": challenge + problem } });
    const token = readToken(request.headers, settings.token);
    if (token === undefined) return refuse("");
    const { jwtVerify, errors } = await import("./token-library.ts");
    try {
      const { payload } = await jwtVerify(token, findKey, {
        algorithms,
        requiredClaims,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock.now()),
        ...(issuers.length === 0 ? {} : { issuer: issuers }),
        ...(audiences.length === 0 ? {} : { audience: audiences }),
      });
      // JSON's 1e999 is a number to the library, and never in the past.
      if (!NUMERIC_DATES.every((name) => payload[name] === undefined || Number.isFinite(payload[name])))
        return refuse(describe(""));
      return { fields: claims.flatMap(([name, claim]) => toField(name, payload, claim)) };
    } catch (error) {
      if (error instanceof KeysUnavailableError) {
        log.error("The keys of tokens cannot be had", error.cause, { requestId: context.requestId });
        return createProblemResponse(request, { status: 503, requestId: context.requestId });
      }
      if (error instanceof errors.JOSEError) return refuse(describe(error.code));
      log.error("A token cannot be checked", error, { requestId: context.requestId });
      return createProblemResponse(request, { status: 500, requestId: context.requestId });
    }
  };
}

/** RFC 6750 §3. */
function describe(code: string): string {
  return `, error="invalid_token", error_description="${REASONS[code] ?? "The token is not valid"}"`;
}

/** Only the scheme Bearer carries tokens; a field of the owner's choice has nothing but the token. */
function readToken(headers: Headers, place: JwtAuthSettings["token"]): string | undefined {
  if (place.kind === "cookie") return readCookie(headers.get("cookie"), place.name) || undefined;
  if (place.kind === "header") return headers.get(place.name)?.trim() || undefined;
  return /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

/** Texts, numbers and truth values; others, and what no field can hold, are left out rather than changed. */
function toField(name: string, payload: JWTPayload, claim: string): [string, string][] {
  const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const isPlain = values.every((one) => ["string", "number", "boolean"].includes(typeof one));
  const text = values.join(",");
  return isPlain && values.length > 0 && PRINTABLE.test(text) ? [[name, text]] : [];
}
