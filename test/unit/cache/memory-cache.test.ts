import { describe, expect, it } from "vitest";
import { createMemoryCache } from "../../../src/cache/memory-cache.ts";
import type { ResponseCache } from "../../../src/contract/response-cache.ts";
import { headOf } from "../../conformance/response-cache.ts";

const write = (cache: ResponseCache, key: string, size: number, variant = "") =>
  cache.write(headOf(key, { variant }), new Uint8Array(size));

const keys = async (cache: ResponseCache, candidates: string) => {
  const found = await Promise.all(
    [...candidates].map(async (key) => ((await cache.read(key)).length > 0 ? key : "")),
  );
  return found.join("");
};

describe("a cache in memory", () => {
  it("makes room with what was used longest ago", async () => {
    const cache = createMemoryCache({ maxBytes: 40_000, maxBodyBytes: 20_000 });
    for (const key of "abc") await write(cache, key, 10_000);
    cache.read("a");
    await write(cache, "d", 10_000);
    expect(await keys(cache, "abcd")).toBe("acd");
  });

  it("counts what belongs to an answer beside its body", async () => {
    const cache = createMemoryCache({ maxBytes: 100_000 });
    for (let index = 0; index < 1_000; index += 1) await write(cache, `key ${index}`, 0);
    expect(await cache.purge({ kind: "all" })).toBeLessThan(200);
  });

  it("gives back what a replaced or removed answer took", async () => {
    const cache = createMemoryCache({ maxBytes: 40_000, maxBodyBytes: 20_000 });
    for (let round = 0; round < 10; round += 1) {
      await write(cache, "a", 10_000);
      await write(cache, "b", 10_000);
      await cache.remove("b");
    }
    await write(cache, "c", 10_000);
    expect(await keys(cache, "abc")).toBe("ac");
  });

  it("keeps no more variants of one URL than allowed", async () => {
    const cache = createMemoryCache({ maxVariants: 2 });
    for (const variant of ["a", "b", "c"]) await write(cache, "k", 1, variant);
    expect((await cache.read("k")).map(({ variant }) => variant)).toEqual(["c", "b"]);
  });

  it("answers without waiting", async () => {
    const cache = createMemoryCache();
    await write(cache, "k", 1);
    expect(cache.read("k")).toBeInstanceOf(Array);
  });
});
