// By which key is a token checked? One key of the configuration, or those that an issuer publishes (RFC 7517), which
// are fetched anew when a token names one that is not known, though not more often than twice a minute.

import type { JWTHeaderParameters, JWTVerifyGetKey } from "jose";
import type { JwtKey } from "../../contract/guards.ts";
import type { Env } from "../../contract/handler.ts";
import type { Clock } from "../../contract/platform.ts";
import { readSecret } from "./read-secret.ts";

/** The keys are not there: no token is good or bad by that. */
export class KeysUnavailableError extends Error {
  override readonly name = "KeysUnavailableError";
}

const FETCH_TIMEOUT_MS = 5_000;
/** Published keys are asked for again after this time, and for unknown ones after the shorter one. */
const REFRESH_MS = 600_000;
const COOLDOWN_MS = 30_000;

/** Finds the key for a header whose algorithm has been allowed before. */
export function createKeyFinder(key: JwtKey, env: Env, clock: Clock): JWTVerifyGetKey {
  switch (key.kind) {
    case "secret": {
      const bytes = new TextEncoder().encode(readSecret(key.secret, env));
      return async () => bytes;
    }
    case "public":
      // Variables often have no lines.
      return createPublicKeyFinder(readSecret(key.publicKey, env).replaceAll("\\n", "\n"));
    case "jwks":
      return createPublishedKeyFinder(new URL(key.url), clock);
  }
}

/** Web Crypto binds a key to one algorithm: it is imported once for each. */
function createPublicKeyFinder(text: string): JWTVerifyGetKey {
  const imported = new Map<string, ReturnType<typeof importPublicKey>>();
  return ({ alg }: JWTHeaderParameters) => {
    const known = imported.get(alg) ?? importPublicKey(text, alg);
    imported.set(alg, known);
    return known;
  };
}

async function importPublicKey(text: string, alg: string) {
  const { importJWK, importSPKI, importX509 } = await import("./token-library.ts");
  if (text.trimStart().startsWith("{")) return importJWK(JSON.parse(text) as object, alg);
  return text.includes("BEGIN CERTIFICATE") ? importX509(text, alg) : importSPKI(text, alg);
}

/** A fetch that fails leaves the keys of the last one in use: an issuer that is away for an hour locks nobody out. */
function createPublishedKeyFinder(url: URL, clock: Clock): JWTVerifyGetKey {
  let find: Promise<JWTVerifyGetKey> | undefined;
  let lastGood: string | undefined;
  const fetchKeys = async (...parameters: Parameters<typeof fetch>): Promise<Response> => {
    try {
      const response = await fetch(...parameters);
      if (response.status !== 200) throw new Error(`${url.origin} answers ${response.status}`);
      const text = await response.text();
      if (!Array.isArray((JSON.parse(text) as { keys?: unknown }).keys)) throw new Error("There are no keys");
      lastGood = text;
    } catch (error) {
      if (lastGood === undefined) throw new KeysUnavailableError("There are no keys yet", { cause: error });
    }
    return new Response(lastGood);
  };
  let failedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  return async (header, token) => {
    // A server that is down is not asked for every token.
    if (lastGood === undefined && clock.monotonic() - failedAt < 1_000) throw failure;
    find ??= createRemote(url, fetchKeys);
    try {
      return await (await find)(header, token);
    } catch (error) {
      if (lastGood === undefined) {
        failedAt = clock.monotonic();
        failure =
          error instanceof KeysUnavailableError
            ? error
            : new KeysUnavailableError("There are no keys yet", { cause: error });
        throw failure;
      }
      throw error;
    }
  };
}

async function createRemote(url: URL, fetchKeys: typeof fetch): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet, customFetch } = await import("./token-library.ts");
  return createRemoteJWKSet(url, {
    [customFetch]: fetchKeys,
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: REFRESH_MS,
  });
}
