import { describe, expect, test } from "vitest";
import { createMemoryCache } from "../../../../src/cache/memory-cache.ts";
import { WorkersCacheStorage } from "../../../../src/runtimes/apis/cache-storage.ts";

const URL_A = "http://localhost/a";

function createCache() {
  let nowMs = Date.UTC(2026, 0, 1);
  const store = createMemoryCache();
  const storage = new WorkersCacheStorage(
    () => nowMs,
    () => store,
  );
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { storage, cache: storage.default, pass };
}

const fresh = (body: BodyInit | null = "body", headers: Record<string, string> = {}, status = 200) =>
  new Response(body, { status, headers: { "cache-control": "max-age=60", ...headers } });

describe("caches.default", () => {
  test("gives back what was put, as often as asked, and says that it was a hit", async () => {
    const { cache } = createCache();
    await cache.put(URL_A, fresh("text", { "x-a": "1" }));
    for (const _ of [1, 2]) {
      const hit = await cache.match(new Request(URL_A));
      expect([await hit?.text(), hit?.headers.get("x-a"), hit?.headers.get("cf-cache-status")]).toEqual([
        "text",
        "1",
        "HIT",
      ]);
    }
  });

  test("knows a URL by its query but not its fragment", async () => {
    const { cache } = createCache();
    await cache.put(`${URL_A}?x=1#top`, fresh());
    expect(await cache.match(`${URL_A}?x=1`)).toBeDefined();
    expect(await cache.match(URL_A)).toBeUndefined();
  });

  test("forgets when the lifetime is over", async () => {
    const { cache, pass } = createCache();
    await cache.put(URL_A, fresh());
    pass(59_999);
    expect(await cache.match(URL_A)).toBeDefined();
    pass(1);
    expect(await cache.match(URL_A)).toBeUndefined();
  });

  test("tells the age of what it gives, counted on from what the answer came with", async () => {
    const { cache, pass } = createCache();
    await cache.put(URL_A, fresh("text", { age: "10" }));
    await cache.put(`${URL_A}?new`, fresh());
    pass(2_500);
    const ages = [await cache.match(URL_A), await cache.match(`${URL_A}?new`)];
    expect(ages.map((hit) => hit?.headers.get("age"))).toEqual(["12", "2"]);
  });

  test("deletes, and says whether there was something", async () => {
    const { cache } = createCache();
    await cache.put(URL_A, fresh());
    expect([await cache.delete(URL_A), await cache.delete(URL_A), await cache.match(URL_A)]).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  test("keeps named caches apart", async () => {
    const { storage, cache } = createCache();
    await (await storage.open("a")).put(URL_A, fresh());
    expect(await cache.match(URL_A)).toBeUndefined();
    expect(await (await storage.open("b")).match(URL_A)).toBeUndefined();
    expect(await (await storage.open("a")).match(URL_A)).toBeDefined();
  });

  test("answers GET only, unless told to ignore the method", async () => {
    const { cache } = createCache();
    await cache.put(URL_A, fresh());
    const post = new Request(URL_A, { method: "POST" });
    expect(await cache.match(post)).toBeUndefined();
    expect(await cache.match(post, { ignoreMethod: true })).toBeDefined();
  });

  test("gives a request of another kind nothing, where Vary names the difference", async () => {
    const { cache } = createCache();
    const request = (language: string) => new Request(URL_A, { headers: { "accept-language": language } });
    await cache.put(request("de"), fresh("deutsch", { vary: "Accept-Language" }));
    expect(await cache.match(request("en"))).toBeUndefined();
    expect(await (await cache.match(request("de")))?.text()).toBe("deutsch");
  });
});

describe("cache.put", () => {
  test.each<[string, Request, Response]>([
    ["a request that is not GET", new Request(URL_A, { method: "POST" }), fresh()],
    ["a part of a response", new Request(URL_A), fresh("x", {}, 206)],
    ["Vary: *", new Request(URL_A), fresh("x", { vary: "a, *" })],
  ])("throws for %s", async (_, request, response) => {
    await expect(createCache().cache.put(request, response)).rejects.toThrow(TypeError);
  });

  test.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ "cache-control": "max-age=0" }, false],
    [{ "cache-control": "max-age=60" }, true],
    [{ "cache-control": "s-maxage=60, max-age=0" }, true],
    [{ "cache-control": "max-age=60, s-maxage=0" }, false],
    [{ "cache-control": "max-age=soon" }, false],
    [{ "cache-control": "no-store, max-age=60" }, false],
    [{ "cache-control": "private, max-age=60" }, false],
    [{ expires: "Thu, 01 Jan 2026 00:01:00 GMT" }, true],
    [{ expires: "Wed, 31 Dec 2025 00:00:00 GMT" }, false],
    [{ expires: "0" }, false],
    [{ "cache-control": "max-age=60", "set-cookie": "a=1" }, false],
  ])("stores by what the answer says of itself: %j", async (headers, stored) => {
    const { cache } = createCache();
    await cache.put(URL_A, new Response("x", { headers }));
    expect((await cache.match(URL_A)) !== undefined).toBe(stored);
  });

  test("leaves the cookies out where they alone are private", async () => {
    const { cache } = createCache();
    await cache.put(
      URL_A,
      fresh("x", { "set-cookie": "a=1", "cache-control": "private=Set-Cookie, max-age=60" }),
    );
    const hit = await cache.match(URL_A);
    expect([hit?.status, hit?.headers.get("set-cookie")]).toEqual([200, null]);
  });

  test("keeps answers to Authorization only where they are for everybody", async () => {
    const { cache } = createCache();
    const request = new Request(URL_A, { headers: { authorization: "Basic x" } });
    await cache.put(request, fresh());
    expect(await cache.match(URL_A)).toBeUndefined();
    await cache.put(request, fresh("x", { "cache-control": "public, max-age=60" }));
    expect(await cache.match(URL_A)).toBeDefined();
  });

  test("stores no failure", async () => {
    const { cache } = createCache();
    await cache.put(URL_A, fresh("x", {}, 500));
    expect(await cache.match(URL_A)).toBeUndefined();
  });

  test("does not read what it will not store", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      pull() {},
      cancel() {
        cancelled = true;
      },
    });
    await createCache().cache.put(URL_A, new Response(body));
    expect(cancelled).toBe(true);
  });
});

describe("cache.match", () => {
  async function match(
    headers: Record<string, string>,
    stored = fresh("0123456789", { etag: '"v1"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" }),
  ) {
    const { cache } = createCache();
    await cache.put(URL_A, stored);
    return (await cache.match(new Request(URL_A, { headers }))) as Response;
  }

  test.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=20-", 416, "", "bytes */10"],
    ["bytes=0-1,4-5", 200, "0123456789", null],
    ["lines=1", 200, "0123456789", null],
  ])("honours Range: %s", async (range, status, body, contentRange) => {
    const response = await match({ range });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
      status,
      body,
      contentRange,
    ]);
  });

  test.each([
    [{ "if-none-match": '"v1"' }, 304],
    [{ "if-none-match": '"v2"' }, 200],
    [{ "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" }, 304],
    [{ "if-modified-since": "Wed, 31 Dec 2025 00:00:00 GMT" }, 200],
    [{ range: "bytes=0-1", "if-range": '"v2"' }, 200],
  ])("honours %j", async (headers, status) => {
    expect((await match(headers as Record<string, string>)).status).toBe(status);
  });

  test("gives statuses without a body none", async () => {
    const response = await match({}, fresh(null, {}, 204));
    expect([response.status, response.body]).toEqual([204, null]);
  });
});
