import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createGuardedSite } from "../guards/guarded-site.ts";

const basic = { authorization: `Basic ${btoa("ann:secret")}` };
const AUTH = { basic: { users: { ann: "secret" } } };

/** As the most careless server reads a path: decoded, in any case, without parameters, its segments resolved. */
function readCarelessly(path: string): string {
  const plain = decodeURIComponent(path)
    .replaceAll("\\", "/")
    .replace(/;[^/]*/g, "")
    .replace(/[/]+/g, "/");
  return new URL(plain, "http://x").pathname.toLowerCase();
}

describe("guards of the site and of routes", () => {
  it("stand in front of everything, and a route's own in their place", async () => {
    const site = createGuardedSite({
      auth: AUTH,
      routes: [
        { path: "/open/*", auth: false, function: true },
        { path: "/staff/*", auth: { basic: { users: { bob: "x" } } }, function: true },
        { path: "/other/*", function: true },
      ],
    });
    const status = async (path: string, headers = {}) => (await site.ask(path, { headers })).status;
    expect(await status("/")).toBe(401);
    expect(await status("/", basic)).toBe(200);
    expect(await status("/open/x")).toBe(200);
    expect(await status("/staff/x", basic)).toBe(401);
    expect(await status("/other/x")).toBe(401);
    expect(await status("/other/x", basic)).toBe(200);
  });

  it("take a guard away for the paths that were meant only", async () => {
    const site = createGuardedSite({
      auth: AUTH,
      routes: [{ path: "/open/*", auth: false, function: true }],
    });
    for (const path of ["/OPEN/x", "//open/x", "/open/..%2fx", "/x/..%2fopen/x", "/open%2fx"]) {
      const { status } = await site.ask(path);
      expect([400, 401], `${path} ${status}`).toContain(status);
    }
  });

  it("are added to a path in another case, also by a route that takes others away", async () => {
    const site = createGuardedSite({
      csrf: true,
      routes: [{ path: "/admin/*", csrf: false, auth: AUTH, function: true }],
    });
    const post = async (path: string, headers: Record<string, string>) =>
      (await site.ask(path, { method: "POST", headers })).status;
    const foreign = { "sec-fetch-site": "cross-site" };
    for (const path of ["/admin/x", "/ADMIN/x", "/Admin/x"]) expect(await post(path, {}), path).toBe(401);
    expect(await post("/admin/x", { ...basic, ...foreign })).toBe(200);
    // What was taken away for `/admin` stays in front of `/ADMIN`.
    expect(await post("/ADMIN/x", { ...basic, ...foreign })).toBe(403);
  });

  it("are those of the route that answers, whatever a client says of itself", async () => {
    const reached: string[] = [];
    const upstreams = {
      api: (request: Request) => {
        reached.push(request.headers.get("x-user") ?? "nobody");
        return new Response("reached");
      },
      login: () => new Response(null, { status: 401 }),
    };
    const site = createGuardedSite(
      {
        upstreams: { api: "http://127.0.0.1:9", login: "http://127.0.0.1:9" },
        routes: [
          { path: "/wiki/*", header: { "x-user": "guest" }, upstream: "api", limit: { rate: "9/s" } },
          {
            path: "/wiki/*",
            auth: { request: { upstream: "login", path: "/verify", copy: ["x-user"] } },
            upstream: "api",
          },
        ],
      },
      { upstreams },
    );
    expect((await site.ask("/wiki/s", { headers: { "x-user": "guest" } })).status).toBe(401);
    expect(reached).toEqual([]);
  });

  it("are met again where those of another route have turned a request into one for this", async () => {
    const upstreams = {
      api: () => new Response("reached"),
      login: () => new Response(null, { status: 204, headers: { "x-role": "admin" } }),
    };
    const site = createGuardedSite(
      {
        upstreams: { api: "http://127.0.0.1:9", login: "http://127.0.0.1:9" },
        auth: { request: { upstream: "login", path: "/verify", copy: ["x-role"] } },
        routes: [
          { path: "/a/*", header: { "x-role": "admin" }, deny: ["192.0.2.9"], upstream: "api" },
          { path: "/a/*", upstream: "api" },
        ],
      },
      { upstreams },
    );
    expect((await site.ask("/a/x")).status).toBe(200);
    expect((await site.ask("/a/x", { from: "192.0.2.9" })).status).toBe(403);
  });

  it("share a count where a route takes it over, and have their own where it does not", async () => {
    const limit = { rate: "1/h", burst: 1 };
    const site = createGuardedSite({
      limit,
      routes: [
        { path: "/a/*", function: true },
        { path: "/own/*", limit, function: true },
        { path: "/free/*", limit: false, function: true },
      ],
    });
    const ask = async (path: string) => (await site.ask(path)).status;
    expect([await ask("/a/1"), await ask("/b"), await ask("/a/2"), await ask("/c")]).toEqual([
      200, 200, 429, 429,
    ]);
    expect([await ask("/own/1"), await ask("/own/2"), await ask("/own/3")]).toEqual([200, 200, 429]);
    expect(await ask("/free/1")).toBe(200);
  });

  it("come in their order: address, limit, preflight, auth, csrf, body", async () => {
    const preflight = { origin: "https://app.test", "access-control-request-method": "PUT" };
    const site = createGuardedSite({
      deny: ["192.0.2.9"],
      limit: { rate: "1/h", burst: 3 },
      cors: { origin: "https://app.test" },
      auth: AUTH,
      csrf: true,
      maxBody: 1,
    });
    const forged = { ...basic, "sec-fetch-site": "cross-site" };
    const long = { method: "POST", body: "long", headers: { ...basic, "content-length": "4" } };
    for (let count = 0; count < 9; count += 1)
      expect((await site.ask("/", { from: "192.0.2.9" })).status).toBe(403);
    expect((await site.ask("/", { method: "OPTIONS", headers: preflight })).status).toBe(204);
    expect(
      (await site.ask("/", { method: "POST", headers: { "sec-fetch-site": "cross-site" } })).status,
    ).toBe(401);
    expect((await site.ask("/", { ...long, headers: { ...forged, "content-length": "4" } })).status).toBe(
      403,
    );
    expect((await site.ask("/", long)).status).toBe(413);
    const refused = await site.ask("/", { method: "OPTIONS", headers: preflight });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
      429,
      "https://app.test",
    ]);
    expect(site.passed).toEqual([]);
  });

  it("cost nothing where there are none", async () => {
    const site = createGuardedSite({ routes: [{ path: "/a", function: true }] });
    expect((await site.ask("/a")).headers.get("ratelimit")).toBeNull();
  });

  it("meet every spelling of a path", async () => {
    const site = createGuardedSite(
      {
        upstreams: { app: "http://127.0.0.1:9" },
        routes: [
          { path: "/admin/*", deny: ["all"], upstream: "app" },
          { path: "/*", upstream: "app" },
        ],
      },
      { upstreams: { app: () => new Response("reached") } },
    );
    const separator = fc.constantFrom(
      "/",
      "//",
      "/./",
      "/x/../",
      "%2f",
      "%2F",
      "\\",
      "%5c",
      "/%2e/",
      ";a/",
      "/..;/",
    );
    const letters = [..."admin"].map((letter) =>
      fc.constantFrom(letter, letter.toUpperCase(), `%${letter.charCodeAt(0).toString(16)}`),
    );
    const met = { refused: 0, passed: 0 };
    await fc.assert(
      fc.asyncProperty(separator, fc.tuple(...letters), separator, async (before, name, after) => {
        const path = `/${before.replace(/^[/]/, "")}${name.join("")}${after}file`;
        const { status } = await site.ask(`http://site.test${path}`);
        const isAdmin = readCarelessly(path).startsWith("/admin/");
        met[isAdmin ? "refused" : "passed"] += 1;
        if (isAdmin) expect([400, 403], path).toContain(status);
      }),
      { numRuns: 1_000 },
    );
    expect(met.refused).toBeGreaterThan(100);
  });

  it("meet HEAD where a route is for GET, and WebSockets", async () => {
    const site = createGuardedSite({
      routes: [{ path: "/a", method: "GET", auth: AUTH, function: true }],
      csrf: true,
    });
    expect((await site.ask("/a", { method: "HEAD" })).status).toBe(401);
    const upgrade = { upgrade: "websocket", "sec-fetch-site": "cross-site" };
    expect((await site.ask("/socket", { headers: upgrade })).status).toBe(403);
    expect((await site.ask("/a", { headers: upgrade })).status).toBe(401);
  });
});

describe("what is counted together", () => {
  const statuses = async (
    key: "client" | "all" | { header: string } | { cookie: string },
    asks: object[],
  ) => {
    const site = createGuardedSite({ limit: { rate: "1/h", key } });
    const found: number[] = [];
    for (const init of asks) found.push((await site.ask("/", init)).status);
    return found;
  };

  it("is a client, by its network", async () => {
    const from = [
      "192.0.2.1",
      "::ffff:192.0.2.1",
      "192.0.2.2",
      "2001:db8::1",
      "2001:db8::2:1",
      "2001:db8:0:1::1",
    ];
    expect(
      await statuses(
        "client",
        from.map((one) => ({ from: one })),
      ),
    ).toEqual([200, 429, 200, 200, 429, 200]);
  });

  it("is everybody", async () => {
    expect(await statuses("all", [{}, { from: "192.0.2.2" }])).toEqual([200, 429]);
  });

  it("is a field or a cookie; without one, and for texts that look like an address, nobody slips through", async () => {
    const long = "k".repeat(70);
    const asks = ["a", "a", "b", long, long, `${long}1`].map((value) => ({ headers: { "x-key": value } }));
    expect(await statuses({ header: "x-key" }, [...asks, {}, {}])).toEqual([
      200, 429, 200, 200, 429, 200, 200, 429,
    ]);
    const cookies = ["id=a", "id=a", "id=b"].map((cookie) => ({ headers: { cookie } }));
    expect(await statuses({ cookie: "id" }, cookies)).toEqual([200, 429, 200]);
  });
});

describe("requests at once", () => {
  it("are over when the runtime says so, else when the body has been read or given up", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const told = createGuardedSite({ limit: { connections: 1 } }, { context: { finished: promise } });
    await (await told.ask("/")).text();
    expect((await told.ask("/")).status).toBe(429);
    resolve();
    await promise;
    expect((await told.ask("/")).status).toBe(200);

    const untold = createGuardedSite({ limit: { connections: 1 } });
    const first = await untold.ask("/");
    expect((await untold.ask("/")).status).toBe(429);
    await first.text();
    await (await untold.ask("/")).body?.cancel();
    expect((await untold.ask("/")).status).toBe(200);
  });

  it("are over when a handler throws", async () => {
    const answer = () => Promise.reject(new Error("thrown"));
    const site = createGuardedSite({ limit: { connections: 1 } }, { answer });
    await expect(site.ask("/")).rejects.toThrow("thrown");
    await expect(site.ask("/")).rejects.toThrow("thrown");
  });
});

describe("a client that leaves while it waits", () => {
  it("frees its place", async () => {
    vi.useFakeTimers();
    const site = createGuardedSite({ limit: { rate: "1/s", burst: 1, excess: "delay" } });
    await site.ask("/first");
    const abort = new AbortController();
    const second = site.ask("/second", { signal: abort.signal });
    await vi.advanceTimersByTimeAsync(10);
    expect((await site.ask("/refused")).status).toBe(429);
    abort.abort();
    expect((await second).status).toBe(499);
    const third = site.ask("/third");
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await third).status).toBe(200);
    expect(site.passed).toEqual(["GET /first", "GET /third"]);
    vi.useRealTimers();
  });
});
