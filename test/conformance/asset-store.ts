// What every AssetStore must do, as a suite that is run for each implementation.

import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AssetStore, BlobReference, ByteInterval } from "../../src/contract/platform.ts";

/** Makes a store that holds the given blobs; called once per suite. */
export type MakeStore = (
  blobs: ReadonlyMap<string, Uint8Array>,
) => Promise<{ store: AssetStore; dispose?: () => Promise<void> }>;

const LARGE_BYTES = 3_000_001;

/** Registers the suite under the implementation's name. */
export function describeAssetStore(name: string, make: MakeStore): void {
  describe(`${name} as an AssetStore`, () => {
    const small = patternOf(1_000);
    const large = patternOf(LARGE_BYTES);
    const empty = new Uint8Array();
    let store: AssetStore;
    let dispose: (() => Promise<void>) | undefined;

    beforeAll(async () => {
      ({ store, dispose } = await make(
        new Map([small, large, empty].map((bytes) => [sha256(bytes), bytes])),
      ));
    });
    afterAll(() => dispose?.());

    test("gives a whole blob", async () => {
      expect(await readBytes(store, blobOf(small))).toEqual(small);
    });

    test("gives a large blob unchanged", async () => {
      expect(sha256((await readBytes(store, blobOf(large))) as Uint8Array)).toBe(sha256(large));
    });

    test("gives an empty blob as no bytes, not as absence", async () => {
      expect(await readBytes(store, blobOf(empty))).toEqual(empty);
    });

    test.each<[string, ByteInterval]>([
      ["the first byte", { start: 0, end: 1 }],
      ["the last byte", { start: LARGE_BYTES - 1, end: LARGE_BYTES }],
      ["a middle part", { start: 65_535, end: 65_538 }],
      ["a part of several chunks", { start: 1, end: 2_000_000 }],
      ["everything", { start: 0, end: LARGE_BYTES }],
    ])("gives %s of a large blob", async (_, interval) => {
      const expected = large.subarray(interval.start, interval.end);
      const bytes = (await readBytes(store, blobOf(large), interval)) as Uint8Array;
      expect([bytes.length, sha256(bytes)]).toEqual([expected.length, sha256(expected)]);
    });

    test("gives an interval of a small blob", async () => {
      expect(await readBytes(store, blobOf(small), { start: 10, end: 20 })).toEqual(small.subarray(10, 20));
    });

    test("gives the same bytes again after a reader has written into its copy", async () => {
      const response = new Response((await store.read(blobOf(small))) as BodyInit);
      new Uint8Array(await response.arrayBuffer()).fill(0);
      expect(await readBytes(store, blobOf(small))).toEqual(small);
    });

    test("has nothing for a hash that it does not hold", async () => {
      const blob = { hash: "0".repeat(64), size: 5, path: "/x" };
      expect(await store.read(blob)).toBeUndefined();
      expect(await store.read(blob, { start: 0, end: 1 })).toBeUndefined();
    });

    test.each(["../../../etc/passwd", "", "A".repeat(64), `${"0".repeat(64)}/x`, "__proto__"])(
      "has nothing for %j, which is no hash",
      async (hash) => {
        expect(await store.read({ hash, size: 1, path: "/x" })).toBeUndefined();
      },
    );

    test("lets a reader stop early and reads on for others", async () => {
      const body = await store.read(blobOf(large));
      if (body instanceof ReadableStream) {
        const reader = body.getReader();
        await reader.read();
        await reader.cancel();
      }
      expect((await readBytes(store, blobOf(large)))?.length).toBe(LARGE_BYTES);
    });

    test("serves many readers of one blob at the same time", async () => {
      const reads = Array.from({ length: 8 }, () => readBytes(store, blobOf(large)));
      const sums = (await Promise.all(reads)).map((bytes) => sha256(bytes as Uint8Array));
      expect(new Set(sums)).toEqual(new Set([sha256(large)]));
    });
  });
}

/** Reads to the end, in whichever form the store answers. */
export async function readBytes(
  store: AssetStore,
  blob: BlobReference,
  interval?: ByteInterval,
): Promise<Uint8Array | undefined> {
  const body = await store.read(blob, interval);
  if (body === undefined || body instanceof Uint8Array) return body && new Uint8Array(body);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** The reference under which a suite asks for bytes. */
export function blobOf(bytes: Uint8Array): BlobReference {
  const hash = sha256(bytes);
  return { hash, size: bytes.length, path: `/files/${hash.slice(0, 8)}.bin` };
}

/** Lower-case hex SHA-256. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Bytes in which each position can be told from its neighbours. */
export function patternOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);
}
