import { describe, expect, it } from "vitest";
import { createFlightScope } from "../../../src/runtimes/server/flight-scope.ts";
import { type CachedSite, counting, createCachedSite, read } from "./cached-site.ts";

/** An origin that answers when the test lets it. */
function gated(answer: (request: Request) => Response) {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    open: () => open(),
    answer: async (request: Request) => {
      await gate;
      return answer(request);
    },
  };
}

const FRESH = { "cache-control": "max-age=60" };

describe("equal requests at the same time", () => {
  it("reach the origin once, a thousand of them", async () => {
    const { open, answer } = gated(counting(FRESH) as () => Response);
    const site = createCachedSite(answer);
    const answers = Array.from({ length: 1_000 }, () => site.get("/a").then(read));
    open();
    const bodies = new Set((await Promise.all(answers)).map(([, body]) => body));
    expect([...bodies]).toEqual(["answer 1"]);
    expect(site.asked).toHaveLength(1);
  });

  it("say which of them asked", async () => {
    const { open, answer } = gated(counting(FRESH) as () => Response);
    const site = createCachedSite(answer);
    const both = [site.get("/a").then(read), site.get("/a").then(read)];
    open();
    const [first, second] = await Promise.all(both);
    expect(first?.[2]).toBe("Causeway; fwd=uri-miss; stored");
    expect(second?.[2]).toBe("Causeway; fwd=uri-miss; collapsed");
  });

  it("share a body while it arrives", async () => {
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = controller;
      },
    });
    const site = createCachedSite(() => new Response(body, { headers: FRESH }));
    const readers = (await Promise.all([site.get("/a"), site.get("/a")])).map((response) =>
      (response.body as ReadableStream<Uint8Array>).getReader(),
    );
    send?.enqueue(new TextEncoder().encode("first"));
    for (const reader of readers) expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
    const late = await site.get("/a");
    send?.close();
    expect((await read(late))[1]).toBe("first");
    expect(site.asked).toHaveLength(1);
  });

  it("go on their own when the answer is for one client only", async () => {
    const { open, answer } = gated(counting({ "cache-control": "private" }) as () => Response);
    const site = createCachedSite(answer);
    const answers = [1, 2, 3].map(() => site.get("/a").then(read));
    open();
    const bodies = (await Promise.all(answers)).map(([, body]) => body);
    expect(new Set(bodies).size).toBe(3);
  });

  it("do not wait for each other where the last answer was not to be shared", async () => {
    const site = createCachedSite(counting({ "cache-control": "private" }));
    await read(await site.get("/a"));
    const { answer } = gated(counting(FRESH) as () => Response);
    site.answerWith(answer);
    void site.get("/a");
    void site.get("/a");
    await Promise.resolve();
    expect(site.asked).toHaveLength(3);
  });

  it("wait for each other although a client with a condition of its own got something else", async () => {
    const site = createCachedSite(() => new Response(null, { status: 304 }));
    await read(await site.get("/a", { "if-none-match": '"v1"' }));
    await read(await site.get("/a", { authorization: "x" }));
    const { open, answer } = gated(counting(FRESH) as () => Response);
    site.answerWith(answer);
    const answers = [1, 2, 3].map(() => site.get("/a").then(read));
    open();
    await Promise.all(answers);
    expect(site.asked).toHaveLength(3);
  });

  it("get each its own variant", async () => {
    const { open, answer } = gated(
      (request) =>
        new Response(`for ${request.headers.get("x-kind")}`, { headers: { ...FRESH, vary: "X-Kind" } }),
    );
    const site = createCachedSite(answer);
    const kinds = ["a", "b", "a", "b", "c", "a"];
    const answers = kinds.map((kind) => site.get("/a", { "x-kind": kind }).then(read));
    open();
    expect((await Promise.all(answers)).map(([, body]) => body)).toEqual(kinds.map((kind) => `for ${kind}`));
    expect(site.asked).toHaveLength(3);
  });

  it("validate once for all", async () => {
    const site = createCachedSite(counting({ "cache-control": "max-age=1", etag: '"v1"' }));
    await read(await site.get("/a"));
    await site.settled();
    site.pass(2);
    const { open, answer } = gated(() => new Response(null, { status: 304 }));
    site.answerWith(answer);
    const answers = [1, 2, 3].map(() => site.get("/a").then(read));
    open();
    expect((await Promise.all(answers)).map(([, body]) => body)).toEqual([
      "answer 1",
      "answer 1",
      "answer 1",
    ]);
    expect(site.asked).toHaveLength(2);
  });

  it("fail together when nobody can be reached", async () => {
    const { open, answer } = gated(() => {
      throw new Error("unreachable");
    });
    const site = createCachedSite(answer);
    const answers = [1, 2, 3].map(() => site.get("/a"));
    open();
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(site.asked).toHaveLength(1);
  });

  it("fail together when the answer is none", async () => {
    const used = new Response("read already", { headers: FRESH });
    await used.text();
    const { open, answer } = gated(() => used);
    const site = createCachedSite(answer, {}, { maxWaitMs: 60_000 });
    const answers = [site.get("/a"), site.get("/a")];
    open();
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("are kept waiting no longer than the cache allows, by one at a time", async () => {
    const site = createCachedSite(() => new Promise<Response>(() => undefined), {}, { maxWaitMs: 20 });
    for (let client = 0; client < 20; client += 1) void site.get("/a").catch(() => undefined);
    await expect.poll(() => site.asked.length, { interval: 5 }).toBeGreaterThan(2);
    expect(site.asked.length).toBeLessThan(10);
  });

  it("are not those with Authorization", async () => {
    const { open, answer } = gated(counting(FRESH) as () => Response);
    const site = createCachedSite(answer);
    const answers = ["1", "2"].map((user) => site.get("/a", { authorization: user }).then(read));
    open();
    expect((await Promise.all(answers)).map(([, body]) => body)).toEqual(["answer 1", "answer 2"]);
  });
});

describe("clients that go away", () => {
  it("take the origin's request with them when the last has gone", async () => {
    const site = createCachedSite(() => new Promise<Response>(() => undefined));
    const clients = [new AbortController(), new AbortController()];
    for (const { signal } of clients) void site.get("/a", {}, { signal }).catch(() => undefined);
    await Promise.resolve();
    clients[0]?.abort();
    expect(site.asked[0]?.signal.aborted).toBe(false);
    clients[1]?.abort();
    expect(site.asked[0]?.signal.aborted).toBe(true);
  });

  it("leave the others their answer", async () => {
    const { open, answer } = gated(counting(FRESH) as () => Response);
    const site = createCachedSite(answer);
    const leader = new AbortController();
    void site.get("/a", {}, { signal: leader.signal }).catch(() => undefined);
    const follower = site.get("/a").then(read);
    leader.abort();
    open();
    expect((await follower)[1]).toBe("answer 1");
  });

  it("let what has begun to arrive be kept", async () => {
    const site = createCachedSite(counting(FRESH));
    await (await site.get("/a")).body?.cancel();
    await site.settled();
    expect((await read(await site.get("/a")))[1]).toBe("answer 1");
  });
});

describe("a route that asks for itself", () => {
  const nested = (site: () => CachedSite, path: (request: Request) => string | undefined) => {
    return async (request: Request): Promise<Response> => {
      const next = path(request);
      const inner = next === undefined ? "end" : (await read(await site().get(next, { "x-inner": "1" })))[1];
      return new Response(`(${inner})`, { headers: FRESH });
    };
  };

  it("is answered at once where the runtime tells who asks", async () => {
    const once = (request: Request) => (request.headers.has("x-inner") ? undefined : "/a");
    const site: CachedSite = createCachedSite(
      nested(() => site, once),
      {},
      { scope: createFlightScope(), maxWaitMs: 60_000 },
    );
    expect((await read(await site.get("/a")))[1]).toBe("((end))");
  });

  it("is answered after a while where it does not", async () => {
    const once = (request: Request) => (request.headers.has("x-inner") ? undefined : "/a");
    const site: CachedSite = createCachedSite(
      nested(() => site, once),
      {},
      { maxWaitMs: 20 },
    );
    expect((await read(await site.get("/a")))[1]).toBe("((end))");
  });

  it("is recognised through other routes and other requests", async () => {
    const across = (request: Request) =>
      request.headers.has("x-inner") ? undefined : new URL(request.url).pathname === "/a" ? "/b" : "/a";
    const site: CachedSite = createCachedSite(
      nested(() => site, across),
      {},
      { scope: createFlightScope(), maxWaitMs: 60_000 },
    );
    const answers = await Promise.all([site.get("/a").then(read), site.get("/b").then(read)]);
    expect(answers.map(([status]) => status)).toEqual([200, 200]);
  });
});
