import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAssetServer } from "../../../src/assets/serve-assets.ts";
import { ask, createAssetSite } from "./asset-site.ts";

const DEFAULTS = {
  "access-control-allow-origin": "*",
  "referrer-policy": "strict-origin-when-cross-origin",
};
const REVALIDATE = "public, max-age=0, must-revalidate";

const FILES = {
  "/index.html": "home",
  "/about.html": "about",
  "/contact/index.html": "contact",
  "/sp ace.html": "space",
  "/[id].html": "bracket",
  "/100%.txt": "percent",
  "/a/deep/page.html": "deep",
  "/text.txt": "text",
};
const WITH_404 = { ...FILES, "/404.html": "not found", "/a/404.html": "a: not found" };

describe("a file on Pages", () => {
  const site = createAssetSite({ files: WITH_404 });

  test("has exactly the default headers", async () => {
    expect(await ask(site, "/about")).toEqual({
      status: 200,
      headers: {
        ...DEFAULTS,
        "x-content-type-options": "nosniff",
        "cache-control": REVALIDATE,
        "content-type": "text/html; charset=utf-8",
        "accept-ranges": "bytes",
        etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      },
      body: "about",
    });
  });

  test("is described to HEAD without a body", async () => {
    const [get, head] = [await ask(site, "/about"), await ask(site, "/about", { method: "HEAD" })];
    expect(head).toEqual({ ...get, body: "" });
  });

  test.each(["authorization", "range"])("has no Cache-Control where the request has %s", async (name) => {
    const value = name === "range" ? "lines=1-2" : "Bearer x";
    const { status, headers } = await ask(site, "/about", { headers: { [name]: value } });
    expect(status).toBe(200);
    expect(headers["cache-control"]).toBeUndefined();
  });

  test("is sent in part where a range is asked for", async () => {
    const { status, headers, body } = await ask(site, "/about", { headers: { range: "bytes=1-2" } });
    expect([status, body, headers["content-range"]]).toEqual([206, "bo", "bytes 1-2/5"]);
    expect(headers["access-control-allow-origin"]).toBe("*");
  });

  test("answers an unsatisfiable range with 416 and without the file's type", async () => {
    const { status, headers } = await ask(site, "/about", { headers: { range: "bytes=99-" } });
    expect([status, headers["content-range"]]).toEqual([416, "bytes */5"]);
    expect(headers["x-content-type-options"]).toBeUndefined();
  });

  test.each<[string, (tag: string) => string]>([
    ["the tag", (tag) => tag],
    ["the weak tag", (tag) => `W/${tag}`],
    ["a list", (tag) => `"x", ${tag}`],
    ["a star", () => "*"],
  ])("is not sent again to If-None-Match with %s", async (_name, field) => {
    const { headers } = await ask(site, "/about");
    const again = await ask(site, "/about", { headers: { "if-none-match": field(headers.etag ?? "") } });
    expect(again.status).toBe(304);
    expect(again.body).toBe("");
    expect(again.headers).toMatchObject({ ...DEFAULTS, etag: headers.etag, "cache-control": REVALIDATE });
    expect(again.headers["content-type"]).toBeUndefined();
  });

  test.each<[string, string | undefined]>([
    ["https://abc.project.pages.dev/about", "noindex"],
    ["https://project.pages.dev/about", undefined],
    ["https://a.b.c.test/about", undefined],
  ])("of a preview is kept from search engines: %s", async (url, expected) => {
    expect((await ask(site, url)).headers["x-robots-tag"]).toBe(expected);
  });

  test("of a preview is so as the application's page too, an error page is not", async () => {
    const ofPreview = (server: typeof site) => ask(server, "https://abc.project.pages.dev/some/path");
    const application = await ofPreview(createAssetSite({ files: FILES }));
    expect([application.body, application.headers["x-robots-tag"]]).toEqual(["home", "noindex"]);
    const missing = await ofPreview(site);
    expect([missing.status, missing.headers["x-robots-tag"]]).toEqual([404, undefined]);
  });

  test.each<[string, number, string]>([
    ["/sp%20ace", 200, "space"],
    ["/[id]", 200, "bracket"],
    ["/%5Bid%5D", 200, "bracket"],
    ["/%61bout", 200, "about"],
    ["/%2561bout", 404, "not found"],
    ["/100%25.txt", 200, "percent"],
    ["/100%.txt", 200, "percent"],
    ["/contact%2F", 200, "contact"],
    ["/a%2Fdeep%2Fpage", 200, "deep"],
    ["/a/../about", 200, "about"],
    ["/a/%2e%2e/about", 200, "about"],
    ["/a/..%2fabout", 200, "about"],
    ["//about", 200, "about"],
    ["/a//deep/page", 200, "deep"],
    ["/about//", 404, "not found"],
    ["/sp+ace", 404, "not found"],
    ["/About", 404, "not found"],
    ["/%zz", 404, "not found"],
    ["/%00", 404, "not found"],
    ["/about%00.html", 404, "not found"],
    ["/..%5cabout", 404, "not found"],
    ["/__proto__", 404, "not found"],
    ["/constructor", 404, "not found"],
    ["/hasOwnProperty", 404, "not found"],
  ])("under the spelling %s gives %d", async (target, status, body) => {
    expect(await ask(site, target)).toMatchObject({ status, body });
  });

  test("is lost with 503 while its bytes are being replaced", async () => {
    const section = {
      files: { "/a.txt": { hash: "0".repeat(64), size: 1, type: "text/plain" } },
      htmlHandling: "pages" as const,
      notFound: "pages" as const,
      headers: [
        { host: undefined, path: "/*", detach: [], set: [["x", "1"]] as [string, string][], line: 1 },
      ],
      redirects: { exact: [], patterns: [] },
      navigationFallbackOnly: false,
      immutableFingerprints: false,
    };
    const { status, headers } = await ask(
      createAssetServer(section, { read: async () => undefined }),
      "/a.txt",
    );
    expect([status, headers.x, headers["access-control-allow-origin"]]).toEqual([503, undefined, undefined]);
  });
});

describe("a redirect on Pages", () => {
  const site = createAssetSite({
    files: FILES,
    redirects:
      "/old /about 301\n/moved /about 308\n/rw /text.txt 200\n/rw-page /about.html 200\n/rw-none /x 200\n/rw-rule /old 200",
  });

  test.each<[string, string]>([
    ["/about.html", "/about"],
    ["/about.html?x=1&y", "/about?x=1&y"],
    ["/about/", "/about"],
    ["/contact", "/contact/"],
    ["/sp%20ace.html", "/sp%20ace"],
    ["/[id].html", "/%5Bid%5D"],
    ["/none/index", "/none/"],
    ["/%2Fevil.test/index/", "/evil.test/"],
    ["/%5Cevil.test/index/", "/evil.test/"],
    ["/%09/evil.test/index/", "/evil.test/"],
  ])("sends %s to %s with 308 and nothing else", async (target, location) => {
    expect(await ask(site, target)).toEqual({ status: 308, headers: { ...DEFAULTS, location }, body: "" });
  });

  test("by rule says in words where it leads", async () => {
    const expected = {
      status: 301,
      headers: {
        ...DEFAULTS,
        "x-content-type-options": "nosniff",
        "content-type": "text/plain;charset=utf-8",
        location: "/about",
      },
      body: "Redirecting to /about",
    };
    const lower = (answer: { headers: Record<string, string> }) => ({
      ...answer,
      headers: { ...answer.headers, "content-type": answer.headers["content-type"]?.toLowerCase() },
    });
    expect(lower(await ask(site, "/old"))).toEqual(expected);
    expect(lower(await ask(site, "/old", { method: "HEAD" }))).toEqual({ ...expected, body: "" });
  });

  test("by rule answers every method", async () => {
    expect((await ask(site, "/old", { method: "POST", body: "x" })).status).toBe(301);
    expect((await ask(site, "/old", { method: "OPTIONS" })).status).toBe(301);
  });

  test.each([
    ["/text.txt", "/elsewhere"],
    ["/about.html", "/page"],
    ["/contact", "/folder"],
    ["/", "/start"],
  ])("by rule comes before the file or the redirect at %s", async (target, location) => {
    const ruled = createAssetSite({
      files: FILES,
      redirects: "/text.txt /elsewhere\n/about.html /page\n/contact /folder\n/ /start",
    });
    expect((await ask(ruled, target)).headers.location).toBe(location);
  });

  test("takes no notice of If-None-Match", async () => {
    const headers = { "if-none-match": "*" };
    expect((await ask(site, "/about.html", { headers })).status).toBe(308);
    expect((await ask(site, "/old", { headers })).status).toBe(301);
  });

  test("by rule with 308 has no words", async () => {
    expect(await ask(site, "/moved")).toEqual({
      status: 308,
      headers: { ...DEFAULTS, location: "/about" },
      body: "",
    });
  });

  test.each<[string, string, number, string]>([
    ["GET", "/rw", 200, "text"],
    ["GET", "/rw?x=1", 200, "text"],
    ["GET", "/rw-page", 308, ""],
    ["GET", "/rw-none", 200, "home"],
    ["GET", "/rw-rule", 200, "home"],
    ["POST", "/rw", 405, ""],
  ])("with 200 serves the target's path instead: %s %s gives %d", async (method, target, status, body) => {
    expect(await ask(site, target, { method })).toMatchObject({ status, body });
  });
});

describe("a rewrite on Pages", () => {
  test.each([
    ["/rw-page", "/about"],
    ["/rw-folder", "/contact/"],
  ])("to another spelling of a page is the redirect from there: %s to %s", async (target, location) => {
    const site = createAssetSite({
      files: FILES,
      redirects: "/rw-page /about.html 200\n/rw-folder /contact 200",
    });
    expect(await ask(site, target)).toEqual({ status: 308, headers: { ...DEFAULTS, location }, body: "" });
  });

  test("of every path to the application captures the files too", async () => {
    const site = createAssetSite({ files: FILES, redirects: "/* / 200" });
    for (const target of ["/some/path", "/about", "/text.txt", "/contact/"])
      expect(await ask(site, target)).toMatchObject({ status: 200, body: "home" });
  });

  test("to what is not there gets the nearest error page of the target", async () => {
    const site = createAssetSite({ files: WITH_404, redirects: "/rw /a/none 200" });
    expect(await ask(site, "/rw")).toMatchObject({ status: 404, body: "a: not found" });
  });
});

describe("a method other than GET and HEAD", () => {
  const site = createAssetSite({ files: FILES });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])(
    "%s gets 405 with Allow",
    async (method) => {
      const expected = { status: 405, headers: { ...DEFAULTS, allow: "GET, HEAD" }, body: "" };
      expect(await ask(site, "/about", { method })).toEqual(expected);
      expect(await ask(site, "/missing", { method })).toEqual(expected);
    },
  );
});

describe("a missing file on Pages", () => {
  test("gets the nearest error page, without ETag, never to be stored", async () => {
    const site = createAssetSite({ files: WITH_404 });
    expect(await ask(site, "/a/b/missing")).toEqual({
      status: 404,
      headers: {
        ...DEFAULTS,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "content-type": "text/html; charset=utf-8",
      },
      body: "a: not found",
    });
    expect((await ask(site, "/missing", { headers: { "if-none-match": "*" } })).status).toBe(404);
  });

  test("gets the application's page where there is no error page", async () => {
    const site = createAssetSite({ files: FILES });
    const { status, headers, body } = await ask(site, "/missing.png");
    expect([status, body, headers["cache-control"]]).toEqual([200, "home", REVALIDATE]);
    expect(headers.etag).toBeDefined();
  });

  test("gets an empty answer where there is neither", async () => {
    const site = createAssetSite({ files: { "/a.txt": "a" } });
    const expected = { status: 404, headers: { ...DEFAULTS, "cache-control": "no-store" }, body: "" };
    expect(await ask(site, "/missing")).toEqual(expected);
  });
});

describe("navigationFallbackOnly", () => {
  const options = {
    navigationFallbackOnly: true,
    isFunctionPath: (path: string) => path.startsWith("/api/"),
  };
  const site = createAssetSite({ files: FILES, ...options });
  const navigation = { headers: { accept: "text/html,*/*;q=0.8" } };

  test.each<[string, RequestInit, number]>([
    ["/some/page", navigation, 200],
    ["/some/page", { ...navigation, method: "HEAD" }, 200],
    ["/app.js", { headers: { accept: "*/*" } }, 404],
    ["/pic.png", { headers: { accept: "image/*" } }, 404],
    ["/some/page", {}, 404],
    ["/api/nothing", navigation, 404],
  ])("%s with %j gets %d, and Vary says what decided", async (target, init, status) => {
    const { headers, ...answer } = await ask(site, target, init);
    expect(answer.status).toBe(status);
    if (status === 404) expect(answer.body).toBe("");
    expect(headers.vary).toBe("Accept, Sec-Fetch-Mode");
  });

  test("leaves files and error pages alone", async () => {
    expect((await ask(site, "/about")).headers.vary).toBeUndefined();
    const withPage = createAssetSite({ files: WITH_404, ...options });
    expect(await ask(withPage, "/app.js")).toMatchObject({ status: 404, body: "not found" });
    expect(await ask(withPage, "/api/x", navigation)).toMatchObject({ status: 404, body: "not found" });
  });
});

describe("immutableFingerprints", () => {
  const files = { "/app.3f2a91bc.js": "1", "/app.js": "2", "/index.html": "home" };

  test("keeps fingerprinted names for good", async () => {
    const site = createAssetSite({ files, immutableFingerprints: true });
    const control = async (target: string, init?: RequestInit) =>
      (await ask(site, target, init)).headers["cache-control"];
    expect(await control("/app.3f2a91bc.js")).toBe("public, max-age=31536000, immutable");
    expect(await control("/app.3f2a91bc.js", { headers: { authorization: "x" } })).toBeUndefined();
    expect(await control("/app.js")).toBe(REVALIDATE);
    expect(await control("/missing.3f2a91bc.js")).toBe(REVALIDATE);
  });

  test("is off unless asked for, and _headers has the last word", async () => {
    expect((await ask(createAssetSite({ files }), "/app.3f2a91bc.js")).headers["cache-control"]).toBe(
      REVALIDATE,
    );
    const site = createAssetSite({
      files,
      immutableFingerprints: true,
      headers: "/*\nCache-Control: no-cache",
    });
    expect((await ask(site, "/app.3f2a91bc.js")).headers["cache-control"]).toBe("no-cache");
  });
});

describe("_headers", () => {
  const site = createAssetSite({
    files: WITH_404,
    redirects: "/gone /about 301\n/rw /about 200",
    headers: [
      "/*\nX-All: 1",
      "/about\n! ETag\nContent-Type: text/custom",
      "/about.html\nX-Html: 1",
      "/gone\nX-Gone: 1",
      "/rw\nX-Rw: 1",
      "/missing\nCache-Control: public, max-age=9",
      "/text.txt\nX-Frame-Options: DENY\n! X-Content-Type-Options\n! Cache-Control\nContent-Type: text/x-own",
    ].join("\n"),
  });

  test.each<[string, RequestInit, Record<string, string | undefined>]>([
    ["/about", {}, { "x-all": "1", etag: undefined, "content-type": "text/custom" }],
    ["/about.html", {}, { "x-all": "1", "x-html": "1" }],
    ["/gone", {}, { "x-all": "1", "x-gone": "1" }],
    ["/rw", {}, { "x-all": "1", "x-rw": "1", "content-type": "text/html; charset=utf-8" }],
    ["/missing", {}, { "x-all": "1", "cache-control": "no-store" }],
    ["/about", { method: "POST" }, { "x-all": "1", allow: "GET, HEAD" }],
    [
      "/text.txt",
      {},
      { "x-frame-options": "DENY", "x-content-type-options": undefined, "cache-control": undefined },
    ],
    ["/text.txt", { headers: { "if-none-match": "*" } }, { "x-all": "1", "x-frame-options": "DENY" }],
  ])("apply to %s %j by the path of the request", async (target, init, expected) => {
    const { headers } = await ask(site, target, init);
    for (const [name, value] of Object.entries(expected))
      expect([name, headers[name]]).toEqual([name, value]);
  });

  test("give a part the media type that the whole has", async () => {
    const { status, headers } = await ask(site, "/text.txt", { headers: { range: "bytes=0-0" } });
    expect([status, headers["content-type"]]).toEqual([206, "text/x-own"]);
  });

  test("cannot change the media type of an answer with several ranges", async () => {
    const { status, headers } = await ask(site, "/text.txt", { headers: { range: "bytes=0-0,2-2" } });
    expect(status).toBe(206);
    expect(headers["content-type"]).toMatch(/^multipart\/byteranges; boundary=/);
  });
});

describe("answers", () => {
  const site = createAssetSite({
    files: FILES,
    htmlHandling: "auto-trailing-slash",
    notFound: "single-page-application",
    redirects: "/old /x\n/rw /nothing 200",
  });

  test.each<[string, string, boolean, boolean]>([
    ["GET", "/about", true, true],
    ["GET", "/about.html", true, true],
    ["GET", "/%61bout", true, true],
    ["POST", "/about", true, true],
    ["GET", "/old", true, true],
    ["GET", "/rw", true, true],
    ["GET", "/missing", false, true],
    ["POST", "/missing", false, true],
  ])("%s %s: %s, and with the fallback %s", (method, target, alone, withFallback) => {
    const request = new Request(`https://site.test${target}`, { method });
    expect([site.answers(request), site.answers(request, true)]).toEqual([alone, withFallback]);
  });
});

describe("fetchMissing", () => {
  test("answers as if no file and no rule were there", async () => {
    const request = (method: string) => new Request("https://site.test/a/deep/page", { method });
    const withPage = await createAssetSite({ files: WITH_404, redirects: "/* /x" }).fetchMissing(
      request("GET"),
    );
    expect([withPage.status, await withPage.text()]).toEqual([404, "a: not found"]);
    const bare = createAssetSite({ files: { "/a/deep/page.html": "deep" } });
    expect((await bare.fetchMissing(request("GET"))).status).toBe(404);
    expect((await bare.fetchMissing(request("POST"))).status).toBe(405);
  });
});

test("no request makes it throw, and none gets a file that is not listed", async () => {
  const site = createAssetSite({ files: FILES, redirects: "/r/* /:splat", headers: "/:a/*\nX: :a :splat" });
  const contents = new Set([...Object.values(FILES), ""]);
  const piece = fc.constantFrom(
    "/",
    "%2f",
    "%5c",
    "\\",
    "..",
    ".",
    "%2e",
    "%",
    "%00",
    "%zz",
    "%ff",
    "about",
    "r",
    "\u{d800}",
    "?",
    "#",
    ";",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      const { status, headers, body } = await ask(site, `/${pieces.join("")}`);
      expect(status).toBeLessThan(500);
      expect(contents.has(body) || status === 302).toBe(true);
      if (headers.location) expect(new URL(headers.location, "https://site.test").host).toBe("site.test");
    }),
    { numRuns: 2000 },
  );
});
