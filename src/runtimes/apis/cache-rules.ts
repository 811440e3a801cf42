// What the Cache API of Workers stores, and for how long (Workers docs, "Cache"; RFC 9111 §4.2.1).

/** Throws for what cache.put() refuses. */
export function checkStorable(request: Request, response: Response): void {
  if (request.method !== "GET") throw new TypeError("Cannot cache response to non-GET request.");
  if (response.status === 206)
    throw new TypeError("Cannot cache response to a range request (206 Partial Content).");
  if (response.headers.get("vary")?.includes("*"))
    throw new TypeError("Cannot cache response with 'Vary: *' header.");
  if (response.bodyUsed) throw new TypeError("Cannot cache a response whose body has been used.");
}

/** How long a response may be reused; 0 for one that says nothing or forbids it. */
export function freshnessLifetimeMs(headers: Headers, now: number): number {
  const directives = parseDirectives(headers.get("cache-control") ?? "");
  const keepsCookie = directives.get("private") === "set-cookie";
  if (headers.has("set-cookie") && !keepsCookie) return 0;
  if (directives.has("no-store") || directives.has("no-cache") || (directives.has("private") && !keepsCookie))
    return 0;
  const seconds = directives.get("s-maxage") ?? directives.get("max-age");
  if (seconds !== undefined) return /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : 0;
  const expires = Date.parse(headers.get("expires") ?? "");
  return Number.isNaN(expires) ? 0 : Math.max(0, expires - now);
}

function parseDirectives(value: string): Map<string, string> {
  const directives = new Map<string, string>();
  for (const [, name, quoted, plain] of value.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]+)))?/g)) {
    directives.set((name as string).toLowerCase(), (quoted ?? plain ?? "").toLowerCase());
  }
  return directives;
}
