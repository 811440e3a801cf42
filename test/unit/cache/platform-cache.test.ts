import { describe, expect, it } from "vitest";
import { createPlatformCache, type PlatformCache } from "../../../src/cache/platform-cache.ts";
import { headOf } from "../../conformance/response-cache.ts";

/** The Cache API in memory. */
function createFake(): PlatformCache {
  const held = new Map<string, Uint8Array>();
  return {
    async match(url) {
      const bytes = held.get(url);
      return bytes && new Response(bytes as BodyInit);
    },
    async put(url, response) {
      held.set(url, new Uint8Array(await response.arrayBuffer()));
    },
    async delete(url) {
      return held.delete(url);
    },
  };
}

const body = new Uint8Array(1);

describe("the platform's cache", () => {
  it("keeps what was requested after a purge", async () => {
    const cache = createPlatformCache(createFake(), { now: () => 100 });
    await cache.purge({ kind: "tag", tag: "t" });
    await cache.write(headOf("old", { requestedAtMs: 99, tags: ["t"] }), body);
    await cache.write(headOf("new", { requestedAtMs: 101, tags: ["t"] }), body);
    expect(await cache.read("old")).toEqual([]);
    expect(await cache.read("new")).toHaveLength(1);
  });

  it("drops what is older than the purges that it remembers", async () => {
    let nowMs = 1_000;
    const cache = createPlatformCache(createFake(), { now: () => nowMs });
    await cache.write(headOf("old", { requestedAtMs: 500 }), body);
    await cache.write(headOf("young", { requestedAtMs: 1_100 }), body);
    for (; nowMs < 1_255; nowMs += 1) await cache.purge({ kind: "tag", tag: `t${nowMs}` });
    expect(await cache.read("old")).toHaveLength(1);
    await cache.purge({ kind: "tag", tag: "last" });
    expect(await cache.read("old")).toEqual([]);
    expect(await cache.read("young")).toHaveLength(1);
  });

  it("keeps no more than 64 variants of a URL", async () => {
    const cache = createPlatformCache(createFake());
    for (let index = 0; index < 70; index += 1) {
      await cache.write(headOf("k", { variant: String(index), requestedAtMs: 1 }), body);
    }
    expect(await cache.read("k")).toHaveLength(64);
  });
});
