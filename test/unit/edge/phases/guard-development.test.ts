import { describe, expect, test } from "vitest";
import { createDeveloperHostTest, guardDevelopment } from "../../../../src/edge/phases/guard-development.ts";

const rules = { allowedHosts: ["127.0.0.1", "mybox", "tunnel.example"] };
const guard = guardDevelopment(rules, () => new Response("passed"));
const context = { waitUntil() {}, passThroughOnException() {}, requestId: "1", clientAddress: undefined };

async function ask(url: string, headers: Record<string, string>) {
  const response = await guard(new Request(url, { headers }), {}, context);
  return { status: response.status, text: await response.text() };
}

describe("the hosts of a developer", () => {
  const isDevelopers = createDeveloperHostTest(rules);

  test.each(["localhost", "127.0.0.1", "192.168.1.7", "[::1]", "[fe80::1]", "mybox", "tunnel.example"])(
    "%s is one",
    (hostname) => expect(isDevelopers(hostname)).toBe(true),
  );

  test.each([
    "evil.localhost",
    "app.localhost",
    "localhost.evil.example",
    "evil.tunnel.example",
    "notmybox",
    "localhost.",
    "127.0.0.1.evil.example",
    "1.2.3.4.5",
  ])("%s is none", (hostname) => expect(isDevelopers(hostname)).toBe(false));
});

describe("under a name that leads here without being the developer's", () => {
  // What browsers send for a plain GET to a name without TLS: no Origin, no Sec-Fetch-*.
  test("a browser gets 403, with the way out", async () => {
    const { status, text } = await ask("http://evil.example:8787/a", { "accept-encoding": "gzip, deflate" });
    expect(status).toBe(403);
    expect(text).toContain('"evil.example"');
    expect(text).toContain("--allowed-host evil.example");
  });

  test.each([{ origin: "http://evil.example" }, { "sec-fetch-site": "same-origin" }])(
    "%j gives a browser away too",
    async (headers) => expect((await ask("http://evil.example/", headers)).status).toBe(403),
  );

  test("a program is served: rules for hosts can be tried with curl", async () => {
    expect(await ask("http://example.test/", { accept: "*/*" })).toEqual({ status: 200, text: "passed" });
  });
});

describe("a WebSocket", () => {
  const open = (origin: string, url = "http://localhost:8787/socket") =>
    ask(url, { upgrade: "WebSocket", origin, "accept-encoding": "gzip" });

  test.each([
    "http://localhost:5173",
    "https://localhost",
    "http://127.0.0.1:8787",
    "http://[::1]:1",
    "http://tunnel.example",
  ])("of a page of %s is let through", async (origin) => expect((await open(origin)).status).toBe(200));

  test("of the page's own address is let through", async () => {
    expect((await open("http://192.168.1.7:8787", "http://192.168.1.7:8787/")).status).toBe(200);
  });

  test.each(["http://evil.example", "http://evil.localhost", "http://192.168.1.66", "null", "file://", ""])(
    "of a page of %j is refused",
    async (origin) => {
      const { status, text } = await open(origin);
      expect(status).toBe(403);
      expect(text).toContain("--allowed-host");
    },
  );

  test("of a program without Origin is let through", async () => {
    expect((await ask("http://localhost/", { upgrade: "websocket" })).status).toBe(200);
  });
});

test("a foreign page's plain request to the right name is the site's own matter", async () => {
  const headers = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
  expect((await ask("http://localhost:8787/", headers)).status).toBe(200);
});
