import { describe, expect, it } from "vitest";
import type { Handler } from "../../../../src/contract/handler.ts";
import type { RoutingRule } from "../../../../src/contract/routing.ts";
import { UpstreamUnreachableError } from "../../../../src/contract/transport.ts";
import type { EdgeServices } from "../../../../src/edge/edge-context.ts";
import { guardRequests } from "../../../../src/edge/phases/guard-requests.ts";
import { routeRequests } from "../../../../src/edge/phases/route-requests.ts";

const CONTEXT = {
  waitUntil() {},
  passThroughOnException() {},
  requestId: "id-1",
  clientAddress: "192.0.2.1",
};

/** Tells what reached it. */
const echo: Handler = async (request) => {
  const { pathname, search } = new URL(request.url);
  return Response.json({
    method: request.method,
    path: pathname + search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
};

const unreachable: Handler = () => {
  throw new UpstreamUnreachableError("down", 502, "nobody listens");
};

async function ask(
  rule: Partial<RoutingRule>,
  url: string,
  init: RequestInit = {},
  more: Partial<EdgeServices> = {},
) {
  const services = {
    platform: { log: { access() {}, error() {}, warn() {} } },
    application: echo,
    assets: { fetch: async (request: Request) => new Response(`file ${new URL(request.url).pathname}`) },
    upstreams: new Map([
      ["app", echo],
      ["down", unreachable],
    ]),
    ...more,
  } as unknown as EdgeServices;
  const route: RoutingRule = {
    when: { path: "/a/*" },
    action: { kind: "upstream", upstream: "app" },
    ...rule,
  };
  const routing = { upstreams: {}, routes: [route], trustedProxies: [] };
  const behind = routeRequests(services, routing, () => new Response("the rest"));
  const handler = guardRequests(services, routing, behind);
  return handler(new Request(new URL(url, "http://site.test"), init), {}, CONTEXT);
}

describe("a route", () => {
  it("leaves requests that it does not match to the rest of the edge", async () => {
    expect(await (await ask({}, "/b")).text()).toBe("the rest");
  });

  it("hands method, path, query and body to its upstream", async () => {
    const response = await ask({}, "/a/b?c=d", { method: "POST", body: "text" });
    expect(await response.json()).toMatchObject({ method: "POST", path: "/a/b?c=d", body: "text" });
  });

  it("rewrites the path and keeps query and body", async () => {
    const action = { kind: "upstream" as const, upstream: "app", rewrite: "/v2/:splat" };
    const response = await ask({ action }, "/a/b/c?d=e", { method: "PUT", body: "text" });
    expect(await response.json()).toMatchObject({ path: "/v2/b/c?d=e", body: "text" });
  });

  it("never rewrites into another prefix, whatever the wildcard took", async () => {
    const action = { kind: "upstream" as const, upstream: "app", rewrite: "/v2/:splat" };
    for (const path of ["/a/..%2f..%2fsecret", "/a/%2e%2e%5csecret", "/a/..;/secret"]) {
      expect((await ask({ action }, path)).status).toBe(400);
    }
    expect(await (await ask({ action }, "/a//host/x")).json()).toMatchObject({ path: "/v2//host/x" });
  });

  it("answers 502 without a cause when nobody could be reached", async () => {
    const response = await ask({ action: { kind: "upstream", upstream: "down" } }, "/a/b");
    expect(response.status).toBe(502);
    expect(await response.text()).toBe("502 Bad Gateway\nRequest id: id-1\n");
  });

  it("can lead to functions and to files", async () => {
    expect(await (await ask({ action: { kind: "function", rewrite: "/f" } }, "/a/b")).json()).toMatchObject({
      path: "/f",
    });
    expect(await (await ask({ action: { kind: "static", rewrite: "/x/:splat" } }, "/a/b")).text()).toBe(
      "file /x/b",
    );
  });

  it("can redirect, with the query, and never to another host than its own text names", async () => {
    const redirect = async (to: string, url: string) =>
      (await ask({ action: { kind: "redirect", to, status: 301 } }, url)).headers.get("location");
    expect(await redirect("/new/:splat", "/a/b?c=d")).toBe("/new/b?c=d");
    expect(await redirect("/:splat", "/a//evil.test/x")).toBe("/evil.test/x");
    expect(await redirect("https://new.test/:splat", "/a/b")).toBe("https://new.test/b");
  });

  it("can answer by itself", async () => {
    const action = {
      kind: "answer" as const,
      status: 410,
      headers: [["x-a", "b"]] as [string, string][],
      body: "gone",
    };
    const response = await ask({ action }, "/a/b");
    expect([response.status, response.headers.get("x-a"), await response.text()]).toEqual([410, "b", "gone"]);
    expect(await (await ask({ action }, "/a/b", { method: "HEAD" })).text()).toBe("");
  });

  it("edits fields both ways", async () => {
    const rule: Partial<RoutingRule> = {
      requestHeaders: { set: [["x-set", "1"]], remove: ["x-gone"] },
      responseHeaders: { set: [["x-answer", "2"]], remove: ["content-type"] },
    };
    const response = await ask(rule, "/a/b", { headers: { "x-gone": "1", "x-kept": "2" } });
    const { headers } = (await response.json()) as { headers: Record<string, string> };
    expect(headers).toEqual({ "x-set": "1", "x-kept": "2" });
    expect([response.headers.get("x-answer"), response.headers.get("content-type")]).toEqual(["2", null]);
  });

  it("refuses a body that is larger than its limit, whatever the framing", async () => {
    const rule = { maxBodyBytes: 3 };
    expect(
      (await ask(rule, "/a/b", { method: "POST", body: "1234", headers: { "content-length": "4" } })).status,
    ).toBe(413);
    const stream = new Blob(["1234"]).stream();
    expect(
      (await ask(rule, "/a/b", { method: "POST", body: stream, duplex: "half" } as RequestInit)).status,
    ).toBe(413);
    expect((await ask(rule, "/a/b", { method: "POST", body: "123" })).status).toBe(200);
  });

  it("puts the shared cache in front of upstreams, with its own settings", async () => {
    const seen: unknown[] = [];
    const shareAnswers: EdgeServices["shareAnswers"] = (handler, settings) => {
      seen.push(settings);
      return handler;
    };
    await ask({ cache: { enabled: true, defaultSeconds: 5 } }, "/a/b", {}, { shareAnswers });
    expect(seen).toEqual([{ enabled: true, defaultSeconds: 5 }]);
  });
});

describe("basic authentication", () => {
  // The digest of "pässword".
  const auth = {
    kind: "basic" as const,
    realm: "Staff",
    users: { ann: "sha256:d7b8ac5e0e4bbbb80f6b4b3f9ad0d8ed5ce0b1f8e46c2f6d7f84a8a8c5a7f7cc" },
  };
  const basic = (text: string) => `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;

  async function withPassword(): Promise<typeof auth> {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("pässword"));
    return { ...auth, users: { ann: `sha256:${Buffer.from(bytes).toString("hex")}` } };
  }

  it("lets known users in and asks all others for a password", async () => {
    const rule = { auth: await withPassword() };
    const status = async (authorization?: string) =>
      (await ask(rule, "/a/b", authorization === undefined ? {} : { headers: { authorization } })).status;
    expect(await status(basic("ann:pässword"))).toBe(200);
    for (const wrong of [
      undefined,
      basic("ann:x"),
      basic("bob:pässword"),
      basic("ann"),
      basic("__proto__:x"),
      "Basic !",
      "Bearer x",
    ]) {
      expect(await status(wrong)).toBe(401);
    }
  });

  it("names its realm", async () => {
    const response = await ask({ auth }, "/a/b");
    expect(response.headers.get("www-authenticate")).toBe('Basic realm="Staff", charset="UTF-8"');
  });
});

describe("a moving route", () => {
  const to = { kind: "function" } as const;
  const cutover = { to, percent: 100, sticky: "cookie", fallbackMethods: ["GET"], maxBodyBytes: 10 } as const;

  it("falls back on the upstream with the rewritten path, and tells functions the path of the client", async () => {
    const action = { kind: "upstream", upstream: "app", rewrite: "/old/:splat" } as const;
    const seen: string[] = [];
    const application: Handler = (request) => {
      seen.push(new URL(request.url).pathname);
      throw new Error("broken inside");
    };
    const response = await ask(
      { action, cutover: { ...cutover, fallbackMethods: ["GET"] } },
      "/a/x",
      {},
      { application },
    );
    expect([await response.json(), seen]).toMatchObject([{ path: "/old/x" }, ["/a/x"]]);
  });

  it("keeps the answers of both sides apart in a shared cache", async () => {
    const places: number[] = [];
    const shareAnswers = (handler: Handler, _settings: unknown, place: number) => {
      places.push(place);
      return handler;
    };
    await ask({ cutover: { ...cutover, fallbackMethods: [] } }, "/a/x", {}, { shareAnswers });
    expect(new Set(places).size).toBe(2);
  });

  it("lets nobody through that the route's authentication refuses", async () => {
    const auth = { kind: "basic", realm: "r", users: {} } as const;
    expect((await ask({ auth, cutover: { ...cutover, fallbackMethods: [] } }, "/a/x")).status).toBe(401);
  });
});
