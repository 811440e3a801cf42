// Who may ask a development server? Not a foreign page in the developer's browser: neither under a name of its
// own that leads here (DNS rebinding), nor by a WebSocket, which no same-origin policy stops.

import type { Handler } from "../../contract/handler.ts";
import type { DevelopmentRules } from "../../contract/site.ts";

type HostTest = (hostname: string) => boolean;

/** Names are compared as a whole: who owns `evil.localhost` is anybody's guess. */
export function createDeveloperHostTest({ allowedHosts }: DevelopmentRules): HostTest {
  const names = new Set(["localhost", ...allowedHosts]);
  // An address is no name that somebody else could point here.
  return (hostname) => names.has(hostname) || isAddress(hostname);
}

/** Refuses foreign names to browsers, and foreign pages' WebSockets. */
export function guardDevelopment(rules: DevelopmentRules, next: Handler): Handler {
  const isDevelopers = createDeveloperHostTest(rules);
  return (request, env, context) => {
    const { hostname } = new URL(request.url);
    if (!isDevelopers(hostname) && isFromBrowser(request.headers)) {
      return refuse(
        `Cannot serve "${hostname}" to a browser: this development server goes by other names.`,
        hostname,
      );
    }
    const origin = foreignOrigin(request, hostname, isDevelopers);
    if (origin === undefined) return next(request, env, context);
    return refuse(`Cannot open a WebSocket for a page of "${origin}": it is not of this site.`, origin);
  };
}

/**
 * Accept-Encoding is what every browser sends and no script in it can leave out or change. Sec-Fetch-* and Origin
 * alone would not do: a plain GET to a name without TLS has neither.
 */
function isFromBrowser(headers: Headers): boolean {
  return ["accept-encoding", "origin", "sec-fetch-site"].some((name) => headers.has(name));
}

/** The host of the page that opens a WebSocket, if it is neither this one nor the developer's. */
function foreignOrigin(request: Request, hostname: string, isDevelopers: HostTest): string | undefined {
  const origin = request.headers.get("origin");
  if (origin === null || request.headers.get("upgrade")?.toLowerCase() !== "websocket") return undefined;
  const page = URL.parse(origin)?.hostname ?? origin;
  if (page === hostname || isLoopback(page)) return undefined;
  // Anybody can have a page at an address.
  return isDevelopers(page) && !isAddress(page) ? undefined : page;
}

/** As the URL parser writes it. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function refuse(reason: string, name: string): Response {
  const text = `${reason}\nIf the name is yours, start it with --allowed-host ${name}\n`;
  return new Response(text, {
    status: 403,
    headers: { "content-type": "text/plain;charset=UTF-8", "x-content-type-options": "nosniff" },
  });
}
