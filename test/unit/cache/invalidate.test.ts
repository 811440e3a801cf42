import { describe, expect, it } from "vitest";
import { counting, createCachedSite, read } from "./cached-site.ts";

const FRESH = { "cache-control": "max-age=60" };

async function filled(...paths: string[]) {
  const site = createCachedSite(counting(FRESH));
  for (const path of paths) await read(await site.get(path));
  await site.settled();
  site.asked.length = 0;
  return site;
}

const urls = (site: { asked: Request[] }) =>
  site.asked.filter(({ method }) => method === "GET").map(({ url }) => new URL(url).pathname);

describe("a method that changes something", () => {
  it.each(["POST", "PUT", "DELETE", "PATCH", "M-SEARCH"])(
    "%s removes what is kept of its URL",
    async (method) => {
      const site = await filled("/a", "/b");
      site.answerWith(counting({}));
      expect((await read(await site.get("/a", {}, { method })))[2]).toBe("Causeway; fwd=method");
      await read(await site.get("/a"));
      await read(await site.get("/b"));
      expect(urls(site)).toEqual(["/a"]);
    },
  );

  it.each([400, 404, 500])("changes nothing when it fails with %d", async (status) => {
    const site = await filled("/a");
    site.answerWith(() => new Response("no", { status }));
    await site.get("/a", {}, { method: "POST" });
    await read(await site.get("/a"));
    expect(urls(site)).toEqual([]);
  });

  it("removes what Location and Content-Location name, of its own origin only", async () => {
    const site = await filled("/a", "/b", "/c");
    site.answerWith(
      () =>
        new Response(null, {
          status: 201,
          headers: { location: "/a", "content-location": "http://other.test/b" },
        }),
    );
    await site.get("/new", {}, { method: "POST" });
    for (const path of ["/a", "/b", "/c"]) await read(await site.get(path));
    expect(urls(site)).toEqual(["/a"]);
  });

  it("keeps out what left before it", async () => {
    let answer: (response: Response) => void = () => undefined;
    const site = createCachedSite((request) =>
      request.method === "POST"
        ? new Response(null, { status: 204 })
        : new Promise<Response>((resolve) => {
            answer = resolve;
          }),
    );
    const old = site.get("/a").then(read);
    await Promise.resolve();
    await site.get("/a", {}, { method: "POST" });
    answer(new Response("old", { headers: FRESH }));
    expect((await old)[1]).toBe("old");
    await site.settled();
    site.answerWith(() => new Response("new", { headers: FRESH }));
    expect((await read(await site.get("/a")))[1]).toBe("new");
  });

  it("is no OPTIONS", async () => {
    const site = await filled("/a");
    await site.get("/a", {}, { method: "OPTIONS" });
    await read(await site.get("/a"));
    expect(urls(site)).toEqual([]);
  });
});

describe("the answer to a POST", () => {
  it("is kept for GET if it says that it is what GET would get, and for how long", async () => {
    const site = createCachedSite(counting({ ...FRESH, "content-location": "/a" }));
    await read(await site.get("/a", {}, { method: "POST" }));
    await site.settled();
    expect((await read(await site.get("/a")))[1]).toBe("answer 1");
  });

  it("is not kept otherwise", async () => {
    const site = createCachedSite(counting(FRESH));
    await read(await site.get("/a", {}, { method: "POST" }));
    await site.settled();
    expect((await read(await site.get("/a")))[1]).toBe("answer 2");
  });
});

describe("a purge", () => {
  const tagged = async () => {
    const site = createCachedSite(
      (request) =>
        new Response(request.url, {
          headers: { ...FRESH, "cache-tag": `all, ${new URL(request.url).pathname}` },
        }),
    );
    for (const path of ["/a/1", "/a/2", "/b/1"]) await read(await site.get(path));
    await site.settled();
    site.asked.length = 0;
    return site;
  };

  it.each([
    [{ kind: "url", url: "http://site.test/a/1" }, 1, ["/a/1"]],
    [{ kind: "prefix", prefix: "http://site.test/a/" }, 2, ["/a/1", "/a/2"]],
    [{ kind: "tag", tag: "/b/1" }, 1, ["/b/1"]],
    [{ kind: "tag", tag: "all" }, 3, ["/a/1", "/a/2", "/b/1"]],
    [{ kind: "all" }, 3, ["/a/1", "/a/2", "/b/1"]],
  ] as const)("by %o removes %d", async (selection, count, missing) => {
    const site = await tagged();
    expect(await site.cache.purge(selection)).toBe(count);
    for (const path of ["/a/1", "/a/2", "/b/1"]) await read(await site.get(path));
    expect(urls(site)).toEqual(missing);
  });

  it("keeps out what was on its way, by its tags too", async () => {
    let answer: (response: Response) => void = () => undefined;
    const site = createCachedSite(
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    );
    const first = site.get("/a").then(read);
    await Promise.resolve();
    await site.cache.purge({ kind: "tag", tag: "news" });
    answer(new Response("old", { headers: { ...FRESH, "cache-tag": "news" } }));
    await first;
    await site.settled();
    expect(await site.cache.store.read("http://site.test/a")).toEqual([]);
  });
});
