import { describe, expect, it } from "vitest";
import { createMemoryCache } from "../../../src/cache/memory-cache.ts";
import type { ResponseCache } from "../../../src/contract/response-cache.ts";
import { counting, createCachedSite, read } from "./cached-site.ts";

describe("a fresh answer", () => {
  it("is given again without asking the origin, with its Age", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    expect(await read(await site.get("/a"))).toEqual([200, "answer 1", "Causeway; fwd=uri-miss; stored"]);
    await site.settled();
    site.pass(10);
    const again = await site.get("/a");
    expect(again.headers.get("age")).toBe("10");
    expect(await read(again)).toEqual([200, "answer 1", "Causeway; hit; ttl=50"]);
    expect(site.asked).toHaveLength(1);
  });

  it("gets a Date if the origin gave none, and keeps it", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(10);
    expect((await site.get("/a")).headers.get("date")).toBe("Thu, 01 Jan 2026 00:00:00 GMT");
  });

  it("answers HEAD from a kept GET", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    await read(await site.get("/a"));
    await site.settled();
    const head = await site.get("/a", {}, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("8");
    expect(await read(head)).toEqual([200, "", "Causeway; hit; ttl=60"]);
  });

  it("answers ranges from what is kept whole", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60", etag: '"v1"' }));
    await read(await site.get("/a"));
    await site.settled();
    const part = await site.get("/a", { range: "bytes=0-2" });
    expect(part.headers.get("content-range")).toBe("bytes 0-2/8");
    expect((await read(part)).slice(0, 2)).toEqual([206, "ans"]);
    expect((await site.get("/a", { range: "bytes=90-" })).status).toBe(416);
    const outdated = await site.get("/a", { range: "bytes=0-2", "if-range": '"v0"' });
    expect((await read(outdated)).slice(0, 2)).toEqual([200, "answer 1"]);
  });

  it("is a 304 for a client that has it", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60", etag: '"v1"', "x-size": "8" }));
    await read(await site.get("/a"));
    await site.settled();
    const response = await site.get("/a", { "if-none-match": '"v0", W/"v1"' });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe('"v1"');
    expect(response.headers.has("x-size")).toBe(false);
  });

  it("belongs to one URL, its query included", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    await read(await site.get("/a?x=1"));
    await site.settled();
    expect((await read(await site.get("/a?x=2")))[1]).toBe("answer 2");
    expect((await read(await site.get("/a?x=1#part")))[1]).toBe("answer 1");
  });
});

describe("a client's own directives", () => {
  const answered = async (cacheControl: string, ageSeconds: number) => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(ageSeconds);
    return read(await site.get("/a", { "cache-control": cacheControl }));
  };

  it.each([
    ["no-cache", 1, "answer 2"],
    ["max-age=0", 1, "answer 2"],
    ["max-age=30", 20, "answer 1"],
    ["max-age=30", 40, "answer 2"],
    ["min-fresh=30", 20, "answer 1"],
    ["min-fresh=30", 40, "answer 2"],
    ["max-stale", 900, "answer 1"],
    ["max-stale=30", 80, "answer 1"],
    ["max-stale=30", 100, "answer 2"],
    ["only-if-cached", 1, "answer 1"],
  ])("%s after %d s gets %s", async (cacheControl, age, body) => {
    expect((await answered(cacheControl, age))[1]).toBe(body);
  });

  it("only-if-cached is a 504 where nothing is kept", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    expect((await site.get("/a", { "cache-control": "only-if-cached" })).status).toBe(504);
    expect(site.asked).toHaveLength(0);
  });

  it("no-store keeps the answer out of the cache", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    await read(await site.get("/a", { "cache-control": "no-store" }));
    await site.settled();
    expect((await read(await site.get("/a")))[1]).toBe("answer 2");
  });

  it("are nothing to a route that ignores them", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }), {
      ignoreRequestDirectives: true,
    });
    await read(await site.get("/a"));
    await site.settled();
    expect((await read(await site.get("/a", { "cache-control": "no-cache" })))[1]).toBe("answer 1");
  });
});

describe("validation", () => {
  const validated = () =>
    createCachedSite((request) =>
      request.headers.get("if-none-match") === '"v1"'
        ? new Response(null, { status: 304, headers: { "cache-control": "max-age=90", "x-new": "yes" } })
        : new Response("body", { headers: { "cache-control": "max-age=1", etag: '"v1"', "x-old": "yes" } }),
    );

  it("makes a stale answer fresh again and updates its fields", async () => {
    const site = validated();
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    const response = await site.get("/a");
    expect(response.headers.get("x-new")).toBe("yes");
    expect(response.headers.get("x-old")).toBe("yes");
    expect(await read(response)).toEqual([200, "body", "Causeway; fwd=stale; fwd-status=304; stored"]);
    site.pass(60);
    expect((await read(await site.get("/a")))[2]).toBe("Causeway; hit; ttl=30");
  });

  it("judges the client's conditions by what was validated", async () => {
    const site = validated();
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    expect((await site.get("/a", { "if-none-match": '"v1"' })).status).toBe(304);
    expect(site.asked[1]?.headers.get("if-none-match")).toBe('"v1"');
  });

  it("asks with Last-Modified where there is no tag", async () => {
    const modified = "Wed, 31 Dec 2025 00:00:00 GMT";
    const site = createCachedSite(counting({ "cache-control": "max-age=1", "last-modified": modified }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    await read(await site.get("/a"));
    expect(site.asked[1]?.headers.get("if-modified-since")).toBe(modified);
  });

  it("takes no 304 that is about another strong tag", async () => {
    const site = createCachedSite((request) =>
      request.headers.has("if-none-match")
        ? new Response(null, { status: 304, headers: { etag: '"v2"' } })
        : new Response("body", { headers: { "cache-control": "max-age=1", etag: '"v1"' } }),
    );
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    expect((await read(await site.get("/a")))[2]).toBe("Causeway; fwd=stale; stored");
    expect(site.asked).toHaveLength(3);
  });

  it("forgets an answer that has become private", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=1, stale-while-revalidate=600" }));
    await read(await site.get("/a"));
    await site.settled();
    site.answerWith(counting({ "cache-control": "private" }));
    site.pass(2);
    await read(await site.get("/a"));
    await site.settled();
    expect((await read(await site.get("/a")))[2]).toBe("Causeway; fwd=miss; detail=private");
  });

  it("updates what is kept from a HEAD of the same representation, and forgets it after another's", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=1", etag: '"v1"' }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    site.answerWith(() => new Response(null, { headers: { etag: '"v1"', "cache-control": "max-age=60" } }));
    await site.get("/a", {}, { method: "HEAD" });
    expect((await read(await site.get("/a")))[1]).toBe("answer 1");
    site.pass(61);
    site.answerWith(() => new Response(null, { headers: { etag: '"v2"' } }));
    await site.get("/a", {}, { method: "HEAD" });
    expect(await site.cache.store.read("http://site.test/a")).toEqual([]);
  });
});

describe("HEAD", () => {
  it("is never kept as the answer to a GET", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }, { status: 503 }));
    await site.get("/a", {}, { method: "HEAD" });
    await site.settled();
    expect((await read(await site.get("/a")))[1]).toBe("answer 2");
    await site.settled();
    site.pass(61);
    await site.get("/a", { "cache-control": "no-cache" }, { method: "HEAD" });
    await site.settled();
    expect((await read(await site.get("/a"))).slice(0, 2)).toEqual([503, "answer 4"]);
  });
});

describe("stale answers", () => {
  it("are used while a new one is fetched, within stale-while-revalidate", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=1, stale-while-revalidate=10" }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(5);
    expect(await read(await site.get("/a"))).toEqual([
      200,
      "answer 1",
      "Causeway; hit; ttl=-4; detail=stale-while-revalidate",
    ]);
    await site.settled();
    expect((await read(await site.get("/a")))[1]).toBe("answer 2");
    site.pass(20);
    expect((await read(await site.get("/a")))[1]).toBe("answer 3");
  });

  it.each(["throws", "answers 503"])("stand in for an origin that %s", async (how) => {
    const site = createCachedSite(counting({ "cache-control": "max-age=1, stale-if-error=600" }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(100);
    site.answerWith(() => {
      if (how === "throws") throw new Error("unreachable");
      return new Response("down", { status: 503 });
    });
    const [status, body, cache] = await read(await site.get("/a"));
    expect([status, body]).toEqual([200, "answer 1"]);
    expect(cache).toContain("detail=stale-on-failure");
    await site.settled();
    expect(site.logged).toHaveLength(how === "throws" ? 1 : 0);
  });

  it.each(["must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=1"])(
    "never do under %s",
    async (directive) => {
      const site = createCachedSite(counting({ "cache-control": `max-age=1, ${directive}`, etag: '"v1"' }));
      await read(await site.get("/a"));
      await site.settled();
      site.pass(2);
      site.answerWith(() => new Response("down", { status: 503 }));
      expect((await site.get("/a")).status).toBe(503);
      site.answerWith(() => {
        throw new Error("unreachable");
      });
      await expect(site.get("/a")).rejects.toThrow("unreachable");
    },
  );

  it("do so unasked for as long as the site says", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=1" }), { staleOnFailureSeconds: 30 });
    await read(await site.get("/a"));
    await site.settled();
    site.answerWith(() => new Response("down", { status: 502 }));
    site.pass(20);
    expect((await site.get("/a")).status).toBe(200);
    site.pass(20);
    expect((await site.get("/a")).status).toBe(502);
  });
});

describe("Vary", () => {
  const varying = () =>
    createCachedSite(
      (request) =>
        new Response(`for ${request.headers.get("accept-language")}`, {
          headers: { "cache-control": "max-age=60", vary: "Accept-Language" },
        }),
    );

  it("keeps variants apart and finds each again", async () => {
    const site = varying();
    for (const language of ["en", "de"]) {
      await read(await site.get("/a", { "accept-language": language }));
      await site.settled();
    }
    expect((await read(await site.get("/a", { "accept-language": "en" })))[1]).toBe("for en");
    expect((await read(await site.get("/a", { "accept-language": "DE" })))[1]).toBe("for de");
    expect((await read(await site.get("/a")))[2]).toBe("Causeway; fwd=vary-miss; stored");
    expect(site.asked).toHaveLength(3);
  });

  it("never gives one user's answer to another", async () => {
    const site = createCachedSite(
      (request) =>
        new Response(`for ${request.headers.get("cookie")}`, {
          headers: { "cache-control": "max-age=60", vary: "Cookie" },
        }),
    );
    await read(await site.get("/a", { cookie: "user=1" }));
    await site.settled();
    expect((await read(await site.get("/a", { cookie: "user=2" })))[1]).toBe("for user=2");
    expect((await read(await site.get("/a", { cookie: "user=1" })))[1]).toBe("for user=1");
  });
});

describe("requests that the cache leaves to the origin", () => {
  it("are those with If-Match and If-Unmodified-Since", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=60" }));
    await read(await site.get("/a"));
    await site.settled();
    expect((await read(await site.get("/a", { "if-match": '"v1"' })))[2]).toBe("Causeway; fwd=bypass");
  });

  it("gets the status even where the answer's headers cannot be changed", async () => {
    const site = createCachedSite(() => Response.redirect("http://site.test/b"));
    const response = await site.get("/a");
    expect(response.headers.get("cache-status")).toContain("fwd=uri-miss");
    expect(response.status).toBe(302);
  });
});

describe("a store that fails to change", () => {
  it("costs no client its answer", async () => {
    const refuse = () => Promise.reject(new Error("disk full"));
    const memory = createMemoryCache();
    const store: ResponseCache = {
      maxBodyBytes: memory.maxBodyBytes,
      read: (key) => memory.read(key),
      write: (head, body) => memory.write(head, body),
      update: refuse,
      remove: refuse,
      purge: refuse,
    };
    const site = createCachedSite(counting({ "cache-control": "max-age=1", etag: '"v1"' }), {}, { store });
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    site.answerWith((request) => new Response(null, { status: request.method === "POST" ? 204 : 304 }));
    expect((await read(await site.get("/a"))).slice(0, 2)).toEqual([200, "answer 1"]);
    expect((await site.get("/a", {}, { method: "POST" })).status).toBe(204);
  });
});
