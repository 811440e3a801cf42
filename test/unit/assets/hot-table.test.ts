import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { HotFieldReader } from "../../../src/assets/hot-fields.ts";
import { createHotTable, type HotRequest, type HotTableOptions } from "../../../src/assets/hot-table.ts";
import { createAssetServer } from "../../../src/assets/serve-assets.ts";
import { createMemoryStore } from "../../../src/assets/stores/memory-store.ts";
import type { AssetFile, AssetSection, HeaderRule } from "../../../src/contract/site.ts";

const blobs = new Map<string, Uint8Array>();

function put(bytes: Uint8Array): { hash: string; size: number } {
  const hash = createHash("sha256").update(bytes).digest("hex");
  blobs.set(hash, new Uint8Array(bytes));
  return { hash, size: bytes.length };
}

function fileOf(text: string, type: string): AssetFile {
  return { ...put(new TextEncoder().encode(text)), type, modified: "Tue, 14 Nov 2023 22:13:20 GMT" };
}

const PAGE = "<h1>The quick brown fox</h1>".repeat(50);
const page: AssetFile = {
  ...fileOf(PAGE, "text/html; charset=utf-8"),
  encodings: { br: put(brotliCompressSync(PAGE)), gzip: put(gzipSync(PAGE)) },
};
const FILES: Record<string, AssetFile> = {
  "/index.html": page,
  "/about.html": page,
  "/a b.txt": fileOf("a b", "text/plain; charset=utf-8"),
  "/empty.txt": fileOf("", "text/plain; charset=utf-8"),
  "/big.txt": fileOf("x".repeat(1024 * 1024 + 1), "text/plain; charset=utf-8"),
};

function createSite(changes: Partial<AssetSection> = {}, options: Partial<HotTableOptions> = {}) {
  const section: AssetSection = {
    files: FILES,
    htmlHandling: "pages",
    notFound: "pages",
    headers: [],
    redirects: { exact: [], patterns: [] },
    navigationFallbackOnly: false,
    immutableFingerprints: false,
    ...changes,
  };
  const assets = createAssetServer(section, createMemoryStore(blobs));
  return { assets, table: createHotTable({ assets, section, isStatic: () => true, ...options }) };
}

interface Asked extends HotRequest {
  headers: Record<string, string>;
}

function ask(target: string, given: Record<string, string> = {}, method = "GET"): Asked {
  const { host = "example.com", ...headers } = given;
  const fields = new HotFieldReader();
  for (const [name, value] of Object.entries(headers)) fields.add(name, value);
  return { method, target, host, fields, headers };
}

/** What the usual way sends, in the form of a hot answer. */
async function slowAnswer(site: ReturnType<typeof createSite>, { method, target, host, headers }: Asked) {
  const request = new Request(`http://${host}${target}`, { method, headers });
  const response = await site.assets.fetch(request);
  return {
    status: response.status,
    fields: [...response.headers],
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

function hotAnswer(site: ReturnType<typeof createSite>, request: HotRequest) {
  const answer = site.table.find(request);
  if (!answer) return undefined;
  const fields = Array.from({ length: answer.fields.length / 2 }, (_, index) =>
    answer.fields.slice(index * 2, index * 2 + 2),
  );
  return { status: answer.status, fields: fields.sort(), body: answer.body ?? new Uint8Array() };
}

describe("createHotTable", () => {
  test("answers with the bytes of the usual way: every path, coding, method and tag", async () => {
    const site = createSite();
    const codings = [undefined, "", "gzip", "gzip, deflate, br", "br;q=0, gzip", "identity", "*;q=0"];
    for (const target of ["/", "/about", "/a%20b.txt", "/empty.txt", "/about?q=1"]) {
      for (const coding of codings) {
        const headers = coding === undefined ? {} : { "accept-encoding": coding };
        await site.table.learn(ask(target, headers));
        const slow = await slowAnswer(site, ask(target, headers));
        expect(hotAnswer(site, ask(target, headers))).toEqual(slow);
        expect(hotAnswer(site, ask(target, headers, "HEAD"))).toEqual(
          await slowAnswer(site, ask(target, headers, "HEAD")),
        );
        const tag = slow.fields.find(([name]) => name === "etag")?.[1] ?? "";
        for (const held of [tag, `W/${tag}`]) {
          const conditional = ask(target, { ...headers, "if-none-match": held });
          expect(hotAnswer(site, conditional)).toEqual(await slowAnswer(site, conditional));
        }
      }
    }
  });

  test("knows nothing before it has learned, and a query does not matter", async () => {
    const { table } = createSite();
    expect(table.find(ask("/about"))).toBeUndefined();
    await table.learn(ask("/about?a=1"));
    expect(table.find(ask("/about?b=2"))?.status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ["a range", { range: "bytes=0-4" }],
    ["credentials", { authorization: "Basic x" }],
    ["If-Match", { "if-match": "*" }],
    ["If-Modified-Since alone", { "if-modified-since": "Tue, 14 Nov 2023 22:13:20 GMT" }],
    ["a list of tags", { "if-none-match": '"a", "b"' }],
    ["another tag", { "if-none-match": '"x"' }],
    ["a body", { "content-length": "5" }],
    ["a host of previews", { host: "main.site.pages.dev" }],
    ["an unknown spelling of Accept-Encoding", { "accept-encoding": "gzip;q=0.123" }],
  ])("leaves a request with %s to the usual way", async (_, headers) => {
    const { table } = createSite();
    await table.learn(ask("/about", { "accept-encoding": "gzip" }));
    expect(table.find(ask("/about", { "accept-encoding": "gzip", ...headers }))).toBeUndefined();
  });

  test.each(["POST", "OPTIONS", "get"])("leaves %s to the usual way", async (method) => {
    const { table } = createSite();
    await table.learn(ask("/about"));
    expect(table.find(ask("/about", {}, method))).toBeUndefined();
  });

  test.each([
    "/about.html",
    "/missing",
    "/big.txt",
    "/../about",

    "/about\\",
    "http://host/about",
    "/a b.txt",
  ])("does not learn %s", async (target) => {
    const { table } = createSite();
    await table.learn(ask(target));
    expect([table.find(ask(target)), table.bytes]).toEqual([undefined, 0]);
  });

  test("does not learn the page that stands in for a missing one, nor paths that functions claim", async () => {
    const application = createSite({ files: { "/index.html": page } });
    await application.table.learn(ask("/anything"));
    const claimed = createSite({}, { isStatic: (pathname) => pathname !== "/about" });
    await claimed.table.learn(ask("/about"));
    expect([application.table.bytes, claimed.table.bytes]).toEqual([0, 0]);
  });

  test.each<[string, Partial<HeaderRule>]>([
    ["varies with something else", { set: [["vary", "Cookie"]] }],
    ["sets a cookie", { set: [["set-cookie", "a=b"]] }],
    ["may be compressed on its way, since it offers no ranges", { detach: ["accept-ranges"] }],
  ])("does not learn an answer that %s", async (_, rule) => {
    const { table } = createSite({
      headers: [{ host: undefined, path: "/*", detach: [], set: [], line: 1, ...rule }],
    });
    await table.learn(ask("/about"));
    expect(table.find(ask("/about"))).toBeUndefined();
  });

  test("leaves hosts that a header rule names to the usual way, however they are spelt", async () => {
    const rule: HeaderRule = { host: "https://*.example", path: "/*", detach: [], set: [], line: 1 };
    const { table } = createSite({ headers: [rule] });
    for (const host of ["a.example", "A.EXAMPLE:80", "b.test"]) {
      await table.learn(ask("/about", { host }));
      expect(table.find(ask("/about", { host }))?.status).toBe(host === "b.test" ? 200 : undefined);
    }
    expect(table.find(ask("/about", { host: "a.example" }))).toBeUndefined();
  });

  test("asks once about a path that has no answer to remember", async () => {
    const asked: string[] = [];
    const isStatic = (pathname: string) => asked.push(pathname) === 0;
    const { table } = createSite({}, { isStatic });
    for (let time = 0; time < 3; time += 1) await table.learn(ask("/about"));
    expect(asked).toEqual(["/about"]);
  });

  test("asks again where the store had failed", async () => {
    const { assets, table } = createSite();
    let isDown = true;
    const fetch: typeof assets.fetch = async (request) =>
      isDown ? new Response(null, { status: 503 }) : assets.fetch(request);
    const careful = createSite({}, { assets: { ...assets, fetch } }).table;
    await careful.learn(ask("/about"));
    expect([careful.find(ask("/about")), table.bytes]).toEqual([undefined, 0]);
    isDown = false;
    await careful.learn(ask("/about"));
    expect(careful.find(ask("/about"))?.status).toBe(200);
  });

  test("keeps one body per coding, however Accept-Encoding is spelt, and a bounded number of spellings", async () => {
    const { table } = createSite();
    for (let index = 0; index < 50; index++)
      await table.learn(ask("/about", { "accept-encoding": `gzip, x-${index}` }));
    expect(table.bytes).toBeLessThan(5_000);
    expect(table.find(ask("/about", { "accept-encoding": "gzip, x-0" }))?.status).toBe(200);
    expect(table.find(ask("/about", { "accept-encoding": "gzip, x-49" }))).toBeUndefined();
  });

  test("stays within its budget by forgetting what was asked for longest ago", async () => {
    const { table } = createSite({}, { maxBytes: 7_000 });
    for (const target of ["/", "/empty.txt", "/about"]) await table.learn(ask(target));
    expect(table.bytes).toBeLessThanOrEqual(7_000);
    expect(table.find(ask("/"))).toBeUndefined();
    expect(table.find(ask("/about"))?.status).toBe(200);
  });
});
