import { describe, expect, it } from "vitest";
import { createMemoryCache } from "../../../src/cache/memory-cache.ts";
import { createAnswerSharing } from "../../../src/cache/share-answers.ts";
import { createSharedCache } from "../../../src/cache/shared-cache.ts";
import type { GatewayContext, Handler } from "../../../src/contract/handler.ts";
import { counting } from "./cached-site.ts";

const FRESH = { "cache-control": "max-age=60" };

function createRoutes() {
  const cache = createSharedCache({ store: createMemoryCache(), clock: { now: () => 0 } });
  const work: Promise<unknown>[] = [];
  const context: GatewayContext = {
    waitUntil: (promise) => void work.push(promise),
    passThroughOnException: () => undefined,
    requestId: "test",
    clientAddress: undefined,
  };
  const ask = async (handler: Handler, init: RequestInit = {}) => {
    const response = await handler(new Request("http://site.test/a", init), {}, context);
    const body = await response.text();
    await Promise.all(work);
    return body;
  };
  return { cache, share: createAnswerSharing(cache), ask };
}

describe("routes behind one cache", () => {
  it("keep their answers apart, of one URL too", async () => {
    const { share, ask } = createRoutes();
    const [one, other] = [
      share(counting(FRESH), undefined, 0),
      share(() => new Response("b", { headers: FRESH }), undefined, 1),
    ];
    expect([await ask(one), await ask(other), await ask(one)]).toEqual(["answer 1", "b", "answer 1"]);
  });

  it("are purged by the URL, whichever keeps it", async () => {
    const { cache, share, ask } = createRoutes();
    const handlers = [0, 1].map((route) => share(counting(FRESH), undefined, route));
    for (const handler of handlers) await ask(handler);
    expect(await cache.purge({ kind: "url", url: "http://site.test/a" })).toBe(2);
  });

  it("hear of changes that came through another", async () => {
    const { share, ask } = createRoutes();
    const reading = share(counting(FRESH), undefined, 0);
    const writing = share(() => new Response("written"), undefined, 1);
    await ask(reading);
    await ask(writing, { method: "POST" });
    expect(await ask(reading)).toBe("answer 2");
  });

  it("may have a lifetime for answers that name none, or no cache at all", async () => {
    const { share, ask } = createRoutes();
    const lasting = share(counting({}), { enabled: true, defaultSeconds: 60 }, 0);
    expect([await ask(lasting), await ask(lasting)]).toEqual(["answer 1", "answer 1"]);
    const uncached = counting(FRESH);
    expect(share(uncached, { enabled: false }, 1)).toBe(uncached);
  });
});

describe("a route behind authentication", () => {
  const askTwice = async (headers: Record<string, string>) => {
    const { share, ask } = createRoutes();
    const handler = share(counting(headers), { enabled: true, defaultSeconds: 60, isPersonal: true }, 0);
    return [await ask(handler), await ask(handler)];
  };

  it("shares only what says itself that others may have it", async () => {
    expect(await askTwice(FRESH)).toEqual(["answer 1", "answer 2"]);
    expect(await askTwice({})).toEqual(["answer 1", "answer 2"]);
    expect(await askTwice({ "cache-control": "public, max-age=60" })).toEqual(["answer 1", "answer 1"]);
  });
});
