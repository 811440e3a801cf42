// Which clients are moved? Each has a place from 0 to 100 that stays the same, and those below the percentage are
// moved: whoever was moved at 10 % still is at 20 %. RFC 6265 §4.1.

import type { CutoverSettings } from "../contract/migration.ts";
import { readCookie } from "../http/cookie.ts";
import { hash } from "../http/spread-hash.ts";

/** The cookie that holds a client's number; one for all routes, so that a client moves on all of them alike. */
export const VISITOR_COOKIE = "causeway-cutover";

const NUMBER = /^[0-9a-f]{16}$/;
const LIFETIME_SECONDS = 180 * 24 * 60 * 60;

/** A client's place. */
export interface Place {
  isMoved: boolean;
  /** To be set with the answer, if this is the client's first. */
  cookie: string | undefined;
}

/** Finds out whether the client of a request is moved; at 0 and 100 nobody is asked for a cookie. */
export function placeVisitor(
  request: Request,
  clientAddress: string | undefined,
  { percent, sticky }: Pick<CutoverSettings, "percent" | "sticky">,
  random: () => string = randomNumber,
): Place {
  if (percent <= 0 || percent >= 100) return { isMoved: percent >= 100, cookie: undefined };
  if (sticky === "client-address") {
    return { isMoved: isBelow(clientAddress ?? "", percent), cookie: undefined };
  }
  const known = sticky === "cookie" ? readCookie(request.headers.get("cookie"), VISITOR_COOKIE) : undefined;
  if (known !== undefined && NUMBER.test(known))
    return { isMoved: isBelow(known, percent), cookie: undefined };
  const fresh = random();
  const cookie = sticky === "cookie" ? formatCookie(fresh, request.url) : undefined;
  return { isMoved: isBelow(fresh, percent), cookie };
}

function randomNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function formatCookie(value: string, url: string): string {
  const secure = url.startsWith("https:") ? "; Secure" : "";
  return `${VISITOR_COOKIE}=${value}; Max-Age=${LIFETIME_SECONDS}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

/** A digest of the number decides, so that numbers which a client makes up are spread as ours are. */
function isBelow(text: string, percent: number): boolean {
  return (hash(text) / 2 ** 32) * 100 < percent;
}
