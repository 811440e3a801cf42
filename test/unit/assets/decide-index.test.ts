import { describe, expect, test } from "vitest";
import { ask, createAssetSite } from "./asset-site.ts";

const site = createAssetSite({
  files: {
    "/index.html": "home",
    "/page.html": "page",
    "/docs/index.html": "docs",
    "/docs/a b.html": "spaced",
    "/404.html": "missing",
  },
  htmlHandling: "index",
  notFound: "404-page",
  redirects: "/old /docs 302\n/rewritten /page.html 200",
});
const get = (path: string, init?: RequestInit) => ask(site, `https://site.test${path}`, init);

describe("a directory with its index", () => {
  test.each([
    ["/", 200, "home"],
    ["/index.html", 200, "home"],
    ["/page.html", 200, "page"],
    ["/docs/", 200, "docs"],
    ["/docs/index.html", 200, "docs"],
    ["/docs/a%20b.html", 200, "spaced"],
    // Served in place: no spelling is better than another.
    ["/%70age.html", 200, "page"],
    ["//docs//", 200, "docs"],
    ["/docs%2F", 200, "docs"],
    ["/rewritten", 200, "page"],
    ["/page", 404, "missing"],
    ["/page.html/", 404, "missing"],
    ["/docs/a b", 404, "missing"],
    ["/DOCS/", 404, "missing"],
  ])("%s is %i %s", async (path, status, body) => {
    expect(await get(path)).toMatchObject({ status, body });
  });

  test.each([
    ["/docs", "/docs/"],
    ["/docs?a=1", "/docs/?a=1"],
    ["//docs", "/docs/"],
    ["/x/..%2fdocs", "/docs/"],
  ])("%s is sent to %s for good", async (path, location) => {
    const { status, headers } = await get(path);
    expect([status, headers.location]).toEqual([301, location]);
  });

  test("rules come first", async () => {
    const { status, headers } = await get("/old");
    expect([status, headers.location]).toEqual([302, "/docs"]);
  });

  test("other methods are refused", async () => {
    expect((await get("/docs/", { method: "POST" })).status).toBe(405);
  });
});
