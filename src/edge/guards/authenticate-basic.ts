// Who may use a route? Basic authentication (RFC 7617) against digests, compared in constant time.

import type { BasicAuthSettings } from "../../contract/guards.ts";
import { createProblemResponse } from "../../http/problem.ts";
import type { Authenticate } from "./authenticate.ts";
import type { GuardServices } from "./guard.ts";
import { readSecret } from "./read-secret.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** No password has it. */
const NOBODY = `sha256:${"x".repeat(64)}`;

/** Lets known users with their passwords in. */
export function createBasicAuth(
  { realm, users }: BasicAuthSettings,
  { env }: Pick<GuardServices, "env">,
): Authenticate {
  const digests = new Map(
    Object.entries(users).map(([user, source]) => [user, digestOf(readSecret(source, env))] as const),
  );
  const challenge = `Basic realm="${realm}", charset="UTF-8"`;
  return async (request) => {
    const credentials = parseBasic(request.headers.get("authorization"));
    if (credentials !== undefined && (await isKnown(credentials, digests))) return { fields: [] };
    return createProblemResponse(request, { status: 401, headers: { "www-authenticate": challenge } });
  };
}

/** Builds hold digests, variables may hold passwords as they are. */
async function digestOf(password: string): Promise<string> {
  if (DIGEST.test(password)) return password;
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(password));
  const digest = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `sha256:${digest}`;
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

async function isKnown(
  { user, password }: Credentials,
  digests: ReadonlyMap<string, Promise<string>>,
): Promise<boolean> {
  // An unknown user is compared as well, so that time does not tell who exists.
  const expected = await (digests.get(user) ?? NOBODY);
  // What looks like a digest is a password like any other when a client sends it.
  const given = await digestOf(DIGEST.test(password) ? `${password}\0` : password);
  return isEqual(given, expected);
}

function isEqual(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index += 1)
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}
