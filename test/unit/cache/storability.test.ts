import { describe, expect, it } from "vitest";
import { counting, createCachedSite, read } from "./cached-site.ts";

/** Whether the second request is answered from the cache. */
async function isKept(
  answer: Record<string, string>,
  request: Record<string, string> = {},
  rules: Parameters<typeof createCachedSite>[1] = {},
  init: ResponseInit = {},
): Promise<boolean> {
  const site = createCachedSite(counting(answer, init), rules);
  await read(await site.get("/a", request));
  await site.settled();
  await read(await site.get("/a"));
  return site.asked.length === 1;
}

describe("what an answer says about being kept", () => {
  it.each([
    ["max-age=60", true],
    ["s-maxage=60", true],
    ["public, max-age=60", true],
    ["MAX-AGE=60", true],
    ['max-age="60"', true],
    ["max-age=60, must-revalidate", true],
    ["max-age=60, no-store, must-understand", true],
    ["max-age=0, s-maxage=60", true],
    ["", false],
    ["public", false],
    ["no-store", false],
    ["no-store, max-age=60", false],
    ["private, max-age=60", false],
    ["max-age=60, private", false],
    ["no-cache, max-age=60", false],
    ["max-age=0", false],
    ["max-age=-60", false],
    ["max-age='60'", false],
    ["max-age=60.5", false],
    ["max-age=60, s-maxage=0", false],
    ['extension="max-age=60"', false],
  ])("Cache-Control: %s → %s", async (cacheControl, expected) => {
    expect(await isKept({ "cache-control": cacheControl })).toBe(expected);
  });

  it("counts Expires from Date, in whatever case its letters are", async () => {
    const date = "Thu, 01 Jan 2026 00:00:00 GMT";
    expect(await isKept({ date, expires: "THU, 01 JAN 2026 00:01:00 gmt" })).toBe(true);
    expect(await isKept({ date, expires: date })).toBe(false);
    expect(await isKept({ date, expires: "0" })).toBe(false);
    expect(await isKept({ date, expires: "Thu, 01 Jan 2026 00:01:00 UTC" })).toBe(false);
  });

  it("obeys CDN-Cache-Control in place of Cache-Control", async () => {
    expect(await isKept({ "cache-control": "no-store", "cdn-cache-control": "max-age=60" })).toBe(true);
    expect(await isKept({ "cache-control": "max-age=60", "cdn-cache-control": "no-store" })).toBe(false);
    expect(await isKept({ "cache-control": "max-age=60", "cdn-cache-control": "private" })).toBe(false);
    expect(await isKept({ "cache-control": "no-store", "cdn-cache-control": "max-age=60, &&" })).toBe(false);
  });
});

describe("what must not be given to others", () => {
  it("is an answer to a request with Authorization, unless it says that it is for all", async () => {
    const request = { authorization: "Bearer x" };
    expect(await isKept({ "cache-control": "max-age=60" }, request)).toBe(false);
    expect(await isKept({ "cache-control": "max-age=60, public" }, request)).toBe(true);
    expect(await isKept({ "cache-control": "s-maxage=60" }, request)).toBe(true);
    expect(await isKept({ "cache-control": "max-age=60, must-revalidate" }, request)).toBe(true);
  });

  it("is an answer that sets a cookie, unless the site allows that", async () => {
    const answer = { "cache-control": "public, max-age=60", "set-cookie": "session=1" };
    expect(await isKept(answer)).toBe(false);
    expect(await isKept(answer, {}, { storeSetCookie: true })).toBe(true);
  });

  it("is a field that private or no-cache names; the rest is kept", async () => {
    const site = createCachedSite(
      counting({
        "cache-control": 'max-age=60, private="Set-Cookie, X-User"',
        "set-cookie": "a=1",
        "x-user": "1",
      }),
    );
    const first = await site.get("/a");
    expect(first.headers.get("set-cookie")).toBe("a=1");
    await read(first);
    await site.settled();
    const second = await site.get("/a");
    expect(second.headers.has("set-cookie")).toBe(false);
    expect(second.headers.has("x-user")).toBe(false);
    expect((await read(second))[1]).toBe("answer 1");
  });

  it.each(["*", "Accept, *", ", *"])("is an answer with Vary: %s", async (vary) => {
    expect(await isKept({ "cache-control": "max-age=60", vary })).toBe(false);
  });

  it("is a part of something, and what belongs to a connection", async () => {
    expect(
      await isKept(
        { "cache-control": "max-age=60", "content-range": "bytes 0-7/9" },
        {},
        {},
        { status: 206 },
      ),
    ).toBe(false);
    const site = createCachedSite(
      counting({
        "cache-control": "max-age=60",
        connection: "x-hop",
        "x-hop": "1",
        "keep-alive": "timeout=5",
      }),
    );
    await read(await site.get("/a"));
    await site.settled();
    const { headers } = await site.get("/a");
    expect(["connection", "x-hop", "keep-alive"].filter((name) => headers.has(name))).toEqual([]);
  });

  it("is an answer with a status that must be understood and is not", async () => {
    const headers = { "cache-control": "max-age=60, must-understand" };
    expect(await isKept(headers, {}, {}, { status: 299 })).toBe(false);
    expect(await isKept(headers, {}, {}, { status: 203 })).toBe(true);
  });

  it("is an answer that was cut off", async () => {
    const site = createCachedSite(
      () => new Response("half", { headers: { "cache-control": "max-age=60", "content-length": "8" } }),
    );
    await expect(read(await site.get("/a"))).rejects.toThrow("4 bytes of 8");
    await site.settled();
    expect(await site.cache.store.read("http://site.test/a")).toEqual([]);
  });
});

describe("what a site may add", () => {
  it("is a lifetime for answers that name none", async () => {
    expect(await isKept({}, {}, { defaultSeconds: 60 })).toBe(true);
    expect(await isKept({ "cache-control": "no-cache" }, {}, { defaultSeconds: 60 })).toBe(false);
    expect(await isKept({}, {}, { defaultSeconds: 60 }, { status: 503 })).toBe(false);
  });

  it("is another one for what is not there", async () => {
    expect(await isKept({}, {}, { negativeSeconds: 5 }, { status: 404 })).toBe(true);
    expect(await isKept({}, {}, { negativeSeconds: 5 })).toBe(false);
  });

  it("is a guess from Last-Modified", async () => {
    const headers = { "last-modified": "Wed, 01 Jan 2025 00:00:00 GMT" };
    expect(await isKept(headers)).toBe(true);
    expect(await isKept(headers, {}, { heuristicFraction: 0 })).toBe(false);
    expect(await isKept(headers, {}, {}, { status: 403 })).toBe(false);
  });

  it("is not guessed for somebody with cookies, unless the answer says that it is public", async () => {
    const headers = { "last-modified": "Wed, 01 Jan 2025 00:00:00 GMT" };
    const cookie = { cookie: "session=1" };
    expect(await isKept(headers, cookie)).toBe(false);
    expect(await isKept({ ...headers, "cache-control": "public" }, cookie)).toBe(true);
    expect(await isKept({ ...headers, "cache-control": "max-age=60" }, cookie)).toBe(true);
  });
});
