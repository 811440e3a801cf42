import { describe, expect, test } from "vitest";
import { createHotStore } from "../../../../src/assets/stores/hot-store.ts";
import type { AssetStore, BlobReference } from "../../../../src/contract/platform.ts";

const blobOf = (name: string, size: number): BlobReference => ({ hash: name, size, path: `/${name}` });

/** A store that has every blob, filled with zeros, and counts how often it is asked. */
function createCounter(): { reads: string[]; store: AssetStore } {
  const reads: string[] = [];
  const store: AssetStore = {
    async read(blob, interval) {
      reads.push(blob.hash);
      return new Uint8Array(interval ? interval.end - interval.start : blob.size);
    },
  };
  return { reads, store };
}

describe("createHotStore", () => {
  test("reads a small blob once, intervals included", async () => {
    const { reads, store } = createCounter();
    const hot = createHotStore(store);
    expect(await hot.read(blobOf("a", 10), { start: 2, end: 5 })).toEqual(new Uint8Array(3));
    expect(await hot.read(blobOf("a", 10))).toEqual(new Uint8Array(10));
    expect(reads).toEqual(["a"]);
  });

  test("lets readers at the same time share one read", async () => {
    const { reads, store } = createCounter();
    const hot = createHotStore(store);
    await Promise.all(Array.from({ length: 5 }, () => hot.read(blobOf("a", 10))));
    expect(reads).toEqual(["a"]);
  });

  test("passes large blobs through", async () => {
    const { reads, store } = createCounter();
    const hot = createHotStore(store, { maxBlobBytes: 9 });
    await hot.read(blobOf("a", 10));
    await hot.read(blobOf("a", 10));
    expect(reads).toEqual(["a", "a"]);
  });

  test("forgets the least recent when the budget is used up", async () => {
    const { reads, store } = createCounter();
    const hot = createHotStore(store, { maxBytes: 20 });
    for (const name of ["a", "b", "a", "c", "a", "b"]) await hot.read(blobOf(name, 10));
    expect(reads).toEqual(["a", "b", "c", "b"]);
  });

  test("asks again after a failure and after absence", async () => {
    const answers = [
      Promise.reject(new Error("down")),
      Promise.resolve(undefined),
      Promise.resolve(Uint8Array.of(1)),
    ];
    const hot = createHotStore({ read: () => answers.shift() as Promise<Uint8Array | undefined> });
    await expect(hot.read(blobOf("a", 1))).rejects.toThrow("down");
    expect(await hot.read(blobOf("a", 1))).toBeUndefined();
    expect(await hot.read(blobOf("a", 1))).toEqual(Uint8Array.of(1));
  });
});
