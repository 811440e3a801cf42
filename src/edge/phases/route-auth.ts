// Who may use a route? Basic authentication (RFC 7617) against digests, compared in constant time.

import type { RouteAuthSettings } from "../../contract/routing.ts";
import { createProblemResponse } from "../../http/problem.ts";

/** Undefined for a known user with the right password, else the refusal. */
export async function checkAuth(request: Request, auth: RouteAuthSettings): Promise<Response | undefined> {
  const credentials = parseBasic(request.headers.get("authorization"));
  if (credentials !== undefined && (await isKnown(credentials, auth.users))) return undefined;
  const headers = { "www-authenticate": `Basic realm="${auth.realm}", charset="UTF-8"` };
  return createProblemResponse(request, { status: 401, headers });
}

interface Credentials {
  user: string;
  password: string;
}

function parseBasic(field: string | null): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(field ?? "")?.[1];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const colon = text.indexOf(":");
    return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    // Neither base64 nor UTF-8: these are no credentials.
    return undefined;
  }
}

async function isKnown({ user, password }: Credentials, users: RouteAuthSettings["users"]): Promise<boolean> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(password));
  const digest = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  // An unknown user is compared as well, so that time does not tell who exists.
  const expected = Object.hasOwn(users, user) ? (users[user] as string) : `sha256:${"x".repeat(64)}`;
  return isEqual(`sha256:${digest}`, expected);
}

function isEqual(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index += 1)
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}
