// Binds a client to a server by a cookie. It holds a digest of the server's name, so that no client learns
// addresses or can send itself to a server that is not in the list.

import type { BalancingSettings } from "../../contract/routing.ts";
import { readCookie } from "../../http/cookie.ts";
import type { ServerState } from "../server-state.ts";

export interface StickyCookie {
  /** The server that the cookie names, whatever its state. */
  find(headers: Headers): ServerState | undefined;
  /** The Set-Cookie value that binds to a server. */
  format(server: ServerState): string;
}

const TOKEN_BYTES = 9;

/** Reads and writes the cookie of an upstream's servers. */
export async function createStickyCookie(
  settings: NonNullable<BalancingSettings["sticky"]>,
  servers: readonly ServerState[],
): Promise<StickyCookie> {
  const { cookie, maxAgeSeconds, secure } = settings;
  const tokens = await Promise.all(servers.map((state) => digest(state.server.id)));
  const byToken = new Map(tokens.map((token, index) => [token, servers[index] as ServerState]));
  const attributes = [
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    ...(secure ? ["Secure"] : []),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
  ].join("; ");
  return {
    find(headers) {
      const token = readCookie(headers.get("cookie"), cookie);
      return token === undefined ? undefined : byToken.get(token);
    },
    format: (server) => `${cookie}=${tokens[servers.indexOf(server)]}; ${attributes}`,
  };
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const letters = String.fromCharCode(...new Uint8Array(bytes, 0, TOKEN_BYTES));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_");
}
