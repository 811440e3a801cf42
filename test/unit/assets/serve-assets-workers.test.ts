import { describe, expect, test } from "vitest";
import { ask, createAssetSite } from "./asset-site.ts";

const FILES = {
  "/index.html": "home",
  "/file.html": "file",
  "/folder/index.html": "folder",
  "/folder/404.html": "folder: not found",
  "/[id].html": "bracket",
  "/%5Bx%5D.html": "escaped",
  "/app.js": "1",
  "/data": "bytes",
};
const REVALIDATE = "public, max-age=0, must-revalidate";

describe("a file under Workers' rules", () => {
  const site = createAssetSite({ files: FILES, htmlHandling: "auto-trailing-slash" });

  test("has no default headers but those of caching", async () => {
    expect(await ask(site, "/file")).toEqual({
      status: 200,
      headers: {
        "cache-control": REVALIDATE,
        "content-type": "text/html; charset=utf-8",
        "accept-ranges": "bytes",
        etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      },
      body: "file",
    });
  });

  test("has the media types of Workers, and none where the extension tells nothing", async () => {
    expect((await ask(site, "/app.js")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect((await ask(site, "/data")).headers["content-type"]).toBeUndefined();
  });

  test("keeps ETag, Cache-Control and type on a 304", async () => {
    const { headers } = await ask(site, "/file");
    const again = await ask(site, "/file", { headers: { "if-none-match": headers.etag ?? "" } });
    expect(again).toMatchObject({
      status: 304,
      headers: {
        etag: headers.etag,
        "cache-control": REVALIDATE,
        "content-type": "text/html; charset=utf-8",
      },
    });
  });

  test.each<[string, number, string | undefined]>([
    ["/file.html?x=1", 307, "/file?x=1"],
    ["/[id]", 307, "/%5Bid%5D"],
    ["/%5Bid%5D", 200, undefined],
    ["/%5bid%5d", 307, "/%5Bid%5D"],
    ["/%255Bx%255D", 200, undefined],
    ["//file", 307, "/file"],
    ["/%2Ffile", 307, "/file"],
    ["/%66ile", 307, "/file"],
    ["//evil.test", 404, undefined],
    ["/%5Cevil.test", 404, undefined],
    ["/__proto__", 404, undefined],
    ["/%zz", 404, undefined],
    ["/%00", 404, undefined],
  ])("%s gives %d and the location %j", async (target, status, location) => {
    const answer = await ask(site, target);
    expect([answer.status, answer.headers.location]).toEqual([status, location]);
  });
});

describe("a missing file under Workers' rules", () => {
  test("gets an empty 404, whatever the method", async () => {
    const site = createAssetSite({ files: FILES, htmlHandling: "auto-trailing-slash" });
    expect(await ask(site, "/missing")).toEqual({ status: 404, headers: {}, body: "" });
    expect((await ask(site, "/missing", { method: "POST" })).status).toBe(404);
    expect(await ask(site, "/file", { method: "POST" })).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  });

  test("gets the nearest error page, which may be cached and validated", async () => {
    const site = createAssetSite({ files: FILES, htmlHandling: "auto-trailing-slash", notFound: "404-page" });
    const { status, headers, body } = await ask(site, "/folder/missing");
    expect([status, body, headers["cache-control"]]).toEqual([404, "folder: not found", REVALIDATE]);
    expect(headers.etag).toBeDefined();
    expect((await ask(site, "/missing")).body).toBe("");
  });

  test("gets the application's page under the canonical spelling only", async () => {
    const site = createAssetSite({ files: FILES, htmlHandling: "none", notFound: "single-page-application" });
    expect(await ask(site, "/some/path")).toMatchObject({ status: 200, body: "home" });
    expect(await ask(site, "/some//path")).toMatchObject({
      status: 307,
      headers: { location: "/some/path" },
    });
    expect((await ask(site, "/some/path", { method: "POST" })).status).toBe(405);
  });
});

describe("_redirects and _headers under Workers' rules", () => {
  const site = createAssetSite({
    files: FILES,
    htmlHandling: "auto-trailing-slash",
    redirects: "/a /file 301\n/b /file.html 200\n/c /file 200\n/d /nothing 200",
    headers: "/*\nX-All: 1\n/missing\nCache-Control: public, max-age=9",
  });

  test.each<[string, number, string | undefined, string]>([
    ["/a?q=1", 301, "/file?q=1", ""],
    ["/b", 307, "/file", ""],
    ["/c", 200, undefined, "file"],
    ["/d", 404, undefined, ""],
  ])("%s gives %d", async (target, status, location, body) => {
    const answer = await ask(site, target);
    expect([answer.status, answer.headers.location, answer.body]).toEqual([status, location, body]);
    expect(answer.headers["x-all"]).toBe("1");
  });

  test("a 404 keeps the Cache-Control that a rule gave it", async () => {
    expect((await ask(site, "/missing")).headers["cache-control"]).toBe("public, max-age=9");
  });
});
