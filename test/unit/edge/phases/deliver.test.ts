import { describe, expect, it } from "vitest";
import type { Handler } from "../../../../src/contract/handler.ts";
import type { Application, NotFoundHandling, Site, WorkerFirst } from "../../../../src/contract/site.ts";
import type { EdgeServices } from "../../../../src/edge/edge-context.ts";
import { deliver } from "../../../../src/edge/phases/deliver.ts";
import { type AssetSiteOptions, createAssetSite } from "../../assets/asset-site.ts";

const CONTEXT = { waitUntil() {}, passThroughOnException() {}, requestId: "id", clientAddress: undefined };
const FILES = {
  "/index.html": "home",
  "/page.html": "page",
  "/api/data.txt": "data",
  "/api/docs/intro.txt": "intro",
};
const NAVIGATION = { headers: { "sec-fetch-mode": "navigate" } };

const application: Handler = () => new Response("application");

function serve(kind: Application, settings: Partial<AssetSiteOptions> = {}, date?: string) {
  const services = {
    site: { application: kind, compatibility: { date, flags: [] } } as unknown as Site,
    platform: { log: { access() {}, error() {}, warn() {} } },
    assets: createAssetSite({ files: FILES, redirects: "/old /page 301", ...settings }),
    application,
    compress: undefined,
  } as unknown as EdgeServices;
  const handler = deliver(services);
  return async (path: string, init?: RequestInit) => {
    const response = await handler(new Request(`https://site.test${path}`, init), {}, CONTEXT);
    return `${response.status} ${response.headers.get("location") ?? (await response.text())}`.trim();
  };
}

const besideWorker = (first: WorkerFirst, notFound: NotFoundHandling, date?: string) =>
  serve(
    { kind: "worker", invocation: undefined, first },
    { htmlHandling: "auto-trailing-slash", notFound },
    date,
  );

describe("a Worker beside static files", () => {
  it("answers what the files have nothing for: no file, no redirect to a page, no rule", async () => {
    const ask = besideWorker({ kind: "assets-first" }, "none");
    expect(await ask("/page")).toBe("200 page");
    expect(await ask("/page.html")).toBe("307 /page");
    expect(await ask("/old")).toBe("301 /page");
    expect(await ask("/missing")).toBe("200 application");
  });

  it("never gets another method for a path that the files have", async () => {
    const ask = besideWorker({ kind: "assets-first" }, "none");
    expect(await ask("/page", { method: "POST" })).toBe("405");
    expect(await ask("/missing", { method: "POST" })).toBe("200 application");
  });

  it("comes before the page for missing files, but for navigations since 2025-04-01", async () => {
    const old = besideWorker({ kind: "assets-first" }, "single-page-application", "2025-03-31");
    const current = besideWorker({ kind: "assets-first" }, "single-page-application", "2025-04-01");
    expect(await old("/missing", NAVIGATION)).toBe("200 application");
    expect(await current("/missing")).toBe("200 application");
    expect(await current("/missing", NAVIGATION)).toBe("200 home");
  });

  it("may come first always", async () => {
    expect(await besideWorker({ kind: "always" }, "none")("/page")).toBe("200 application");
  });

  it("or by patterns, beside which the page for missing files counts", async () => {
    const first: WorkerFirst = { kind: "patterns", worker: ["/api/*"], assets: ["/api/docs/*"] };
    const ask = besideWorker(first, "single-page-application");
    expect(await ask("/api/data.txt")).toBe("200 application");
    expect(await ask("/api/docs/intro.txt")).toBe("200 intro");
    expect(await ask("/missing")).toBe("200 home");
    expect(await besideWorker(first, "none")("/missing")).toBe("200 application");
  });
});

describe("functions beside static files", () => {
  const files = { ...FILES, "/404.html": "none" };
  const routes = (include: string[], exclude: string[] = []) =>
    serve({ kind: "functions", routes: [], invocation: { version: 1, include, exclude } }, { files });

  it("are asked for every path without rules", async () => {
    const ask = serve({ kind: "functions", routes: [], invocation: undefined });
    for (const path of ["/", "/page", "/missing"]) expect(await ask(path)).toBe("200 application");
  });

  it("are asked for what a rule includes and none excludes, whatever the query", async () => {
    const ask = routes(["/api/*"], ["/api/docs/*"]);
    expect(await ask("/api?x=1")).toBe("200 application");
    expect(await ask("/api/docs/intro.txt?x=1")).toBe("200 intro");
    expect(await ask("/page?x=/api/")).toBe("200 page");
  });

  it.each(["/%61pi/data.txt", "/api%2Fdata.txt", "//api/data.txt"])(
    "are not passed by another spelling of a path that is theirs: %s",
    async (path) => {
      expect(await routes(["/api/*"])(path)).toBe("404 none");
    },
  );
});
