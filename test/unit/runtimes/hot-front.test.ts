import { describe, expect, it } from "vitest";
import { HotFieldReader } from "../../../src/assets/hot-fields.ts";
import { createMemoryStore } from "../../../src/assets/stores/memory-store.ts";
import type { AccessRecord } from "../../../src/contract/platform.ts";
import type { RoutingRule } from "../../../src/contract/routing.ts";
import type { Application, RouteEntry, Site } from "../../../src/contract/site.ts";
import { SILENT_LOG } from "../../../src/observe/line-log.ts";
import { buildRoutes } from "../../../src/pages/build-routes.ts";
import { composeSite, type SiteParts } from "../../../src/runtimes/compose.ts";

const PATHS = ["/page.txt", "/admin/page.txt", "/api/page.txt", "/cdn-cgi/page.txt", "/a b.txt"];
const HASH = "0".repeat(64);

const ACTION = { kind: "answer" as const, status: 200, headers: [], body: "" };

function compose(application: Application, parts: Partial<SiteParts> = {}, routes: RoutingRule[] = []) {
  const files = Object.fromEntries(
    PATHS.map((path) => [path, { hash: HASH, size: 2, type: "text/plain; charset=utf-8" }]),
  );
  const site: Site = {
    format: 1,
    build: "test",
    name: "test",
    application,
    assets: {
      files,
      htmlHandling: "pages",
      notFound: "pages",
      headers: [],
      redirects: { exact: [], patterns: [] },
      navigationFallbackOnly: false,
      immutableFingerprints: false,
    },
    vars: {},
    routing: { upstreams: {}, routes, trustedProxies: [] },
    compatibility: { date: undefined, flags: [] },
  };
  const assets = createMemoryStore(new Map([[HASH, new TextEncoder().encode("hi")]]));
  let now = 0;
  return composeSite({
    site,
    bundle: { modules: {}, worker: { fetch: () => new Response() } },
    platform: {
      runtime: "memory",
      assets,
      log: SILENT_LOG,
      clock: { now: () => 0, monotonic: () => now++ },
    },
    ...parts,
  });
}

/** Whether the answer is prepared once it has been asked for. */
async function isPrepared({ hot }: ReturnType<typeof compose>, target: string): Promise<boolean> {
  const request = { method: "GET", target, host: "site.test", fields: new HotFieldReader() };
  hot.answer(request, () => undefined);
  // What is learned from memory is known when the queue of events has been worked off.
  await new Promise((done) => setImmediate(done));
  return hot.answer(request, () => undefined) !== undefined;
}

async function preparedTargets(composed: ReturnType<typeof compose>, targets: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const target of targets) if (await isPrepared(composed, target)) found.push(target);
  return found;
}

function functions(files: Record<string, string[]>): Application {
  const list = Object.entries(files).map(([file, exports]) => ({ file, exports }));
  const routes: RouteEntry[] = buildRoutes(list).routes;
  return { kind: "functions", routes, invocation: undefined };
}

const TARGETS = ["/page.txt", "/admin/page.txt", "/api/page.txt", "/a%20b.txt"];

describe("answers are prepared", () => {
  it("for every file of a site that has files only, but for the reserved ones", async () => {
    const composed = compose({ kind: "none" });
    expect(await preparedTargets(composed, [...TARGETS, "/cdn-cgi/page.txt"])).toEqual(TARGETS);
  });

  it("where neither middleware nor a function answers a GET or HEAD, in any spelling", async () => {
    const application = functions({
      "admin/_middleware.ts": ["onRequest"],
      "api/[name].ts": ["onRequestHead"],
      "page.txt.ts": ["onRequestPost"],
    });
    const spellings = [
      "/%61dmin/page.txt",
      "//admin/page.txt",
      "/admin%2Fpage.txt",
      "/x/..%2fadmin/page.txt",
    ];
    expect(await preparedTargets(compose(application), [...TARGETS, ...spellings])).toEqual([
      "/page.txt",
      "/a%20b.txt",
    ]);
  });

  it("where _routes.json keeps functions out, but for spellings that it would let in", async () => {
    const application = functions({ "[[path]].ts": ["onRequest"] });
    const invocation = { version: 1 as const, include: ["/admin/*"], exclude: [] };
    const composed = compose({ ...application, invocation } as Application);
    expect(await preparedTargets(composed, [...TARGETS, "/%61dmin/page.txt"])).toEqual([
      "/page.txt",
      "/api/page.txt",
      "/a%20b.txt",
    ]);
  });

  it("where a Worker does not come first", async () => {
    const worker = (first: Extract<Application, { kind: "worker" }>["first"]) =>
      preparedTargets(compose({ kind: "worker", invocation: undefined, first }), TARGETS);
    expect(await worker({ kind: "always" })).toEqual([]);
    expect(await worker({ kind: "assets-first" })).toEqual(TARGETS);
    expect(await worker({ kind: "patterns", worker: ["/api/*"], assets: [] })).toEqual([
      "/page.txt",
      "/admin/page.txt",
      "/a%20b.txt",
    ]);
  });

  it("where no route of the configuration may be meant, whatever else the route asks for", async () => {
    const rule: RoutingRule = { when: { path: "/admin/*", methods: ["POST"] }, action: ACTION };
    const composed = compose({ kind: "none" }, {}, [rule]);
    expect(await preparedTargets(composed, TARGETS)).toEqual(["/page.txt", "/api/page.txt"]);
    expect(
      await preparedTargets(compose({ kind: "none" }, {}, [{ when: {}, action: ACTION }]), TARGETS),
    ).toEqual([]);
  });

  it("for no file of a site with middleware of its own", async () => {
    const composed = compose({ kind: "none" }, { middleware: [(_, next) => next()] });
    expect(await preparedTargets(composed, TARGETS)).toEqual([]);
  });

  it("and logged as others are", async () => {
    const records: AccessRecord[] = [];
    const log = { ...SILENT_LOG, access: (record: AccessRecord) => records.push(record) };
    const assets = createMemoryStore(new Map([[HASH, new TextEncoder().encode("hi")]]));
    const clock = { now: () => 0, monotonic: () => 5 };
    const composed = compose(
      { kind: "none" },
      { accessLog: true, platform: { runtime: "memory", assets, log, clock } },
    );
    await isPrepared(composed, "/page.txt?a=1");
    const { requestId, ...record } = records[0] as AccessRecord;
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect([records.length, record]).toEqual([
      1,
      { method: "GET", target: "/page.txt?a=1", status: 200, durationMs: 0, clientAddress: undefined },
    ]);
  });
});
