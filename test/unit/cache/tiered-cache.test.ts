import { describe, expect, it } from "vitest";
import { createMemoryCache } from "../../../src/cache/memory-cache.ts";
import { createTieredCache } from "../../../src/cache/tiered-cache.ts";
import type { ResponseCache } from "../../../src/contract/response-cache.ts";
import { headOf } from "../../conformance/response-cache.ts";

const tiers = () => {
  const fast = createMemoryCache({ maxBodyBytes: 100 });
  const slow = createMemoryCache({ maxBodyBytes: 10_000 });
  return { fast, slow, both: createTieredCache(fast, slow) };
};

const count = async (found: readonly unknown[] | Promise<readonly unknown[]>) => (await found).length;

describe("two tiers", () => {
  it("keep small answers in both and large ones in the slow one", async () => {
    const { fast, slow, both } = tiers();
    await both.write(headOf("small"), new Uint8Array(10));
    await both.write(headOf("large"), new Response(new Uint8Array(1_000)).body as ReadableStream<Uint8Array>);
    expect([await count(fast.read("small")), await count(fast.read("large"))]).toEqual([1, 0]);
    expect([await count(slow.read("small")), await count(slow.read("large"))]).toEqual([1, 1]);
  });

  it("bring into the fast one what is asked for", async () => {
    const { fast, slow, both } = tiers();
    await slow.write(headOf("k"), new Uint8Array(10));
    expect(await count(both.read("k"))).toBe(1);
    expect(await count(fast.read("k"))).toBe(1);
  });

  it("look further for a variant that the fast one lacks", async () => {
    const { fast, slow, both } = tiers();
    await fast.write(headOf("k", { variant: "a" }), new Uint8Array(1));
    await slow.write(headOf("k", { variant: "b" }), new Uint8Array(1));
    const found = await both.read("k", ({ variant }) => variant === "b");
    expect(found.map(({ variant }) => variant)).toContain("b");
  });

  it("give a fresher version that another process has put into the slow one", async () => {
    const { fast, slow, both } = tiers();
    await fast.write(headOf("k", { receivedAtMs: 1 }), new Uint8Array(1));
    await slow.write(headOf("k", { receivedAtMs: 9 }), new Uint8Array(2));
    const isFresh = ({ receivedAtMs }: { receivedAtMs: number }) => receivedAtMs > 5;
    expect((await both.read("k", isFresh)).map(({ size }) => size)).toEqual([2]);
    expect((await fast.read("k")).map(({ size }) => size)).toEqual([2]);
  });

  it("keep nothing, and bring nothing forward, that was requested before a purge", async () => {
    const fast = createMemoryCache();
    const disk = createMemoryCache();
    let resume = () => {};
    // A disk that has read an answer when the purge comes, and hands it over afterwards.
    const slow: ResponseCache = {
      ...disk,
      maxBodyBytes: disk.maxBodyBytes,
      write: (head, body) => disk.write(head, body),
      purge: (selection) => disk.purge(selection),
      async read(key) {
        const found = disk.read(key);
        await new Promise<void>((done) => {
          resume = done;
        });
        return found;
      },
    };
    const both = createTieredCache(fast, slow, { now: () => 10 });
    await disk.write(headOf("k", { requestedAtMs: 10 }), new Uint8Array(1));
    const reading = both.read("k");
    await both.purge({ kind: "all" });
    resume();
    expect(await reading).toEqual([]);
    expect(await both.write(headOf("k", { requestedAtMs: 9 }), new Uint8Array(1))).toBe(false);
    expect(await count(fast.read("k"))).toBe(0);
    expect(await both.write(headOf("k", { requestedAtMs: 11 }), new Uint8Array(1))).toBe(true);
    expect(await count(fast.read("k"))).toBe(1);
  });

  it("leave no older version in the fast one when the new one is too large for it", async () => {
    const { both } = tiers();
    await both.write(headOf("k"), new Uint8Array(10));
    await both.write(
      headOf("k", { receivedAtMs: 2 }),
      new Response("x".repeat(1_000)).body as ReadableStream<Uint8Array>,
    );
    expect((await both.read("k")).map(({ size }) => size)).toEqual([1_000]);
    await both.write(headOf("k", { receivedAtMs: 3 }), new Uint8Array(2_000));
    expect((await both.read("k")).map(({ size }) => size)).toEqual([2_000]);
  });
});
