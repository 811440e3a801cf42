import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryStore } from "../../../../src/assets/stores/memory-store.ts";
import { createOriginStore } from "../../../../src/assets/stores/origin-store.ts";
import type { AssetStore } from "../../../../src/contract/platform.ts";
import { createDiskCacheStore } from "../../../../src/runtimes/server/disk-cache-store.ts";
import { blobOf, patternOf, readBytes, sha256 } from "../../../conformance/asset-store.ts";
import { startBlobServer } from "../../../conformance/blob-server.ts";

const [A, B, C] = [100, 101, 102].map(patternOf) as [Uint8Array, Uint8Array, Uint8Array];
const BLOBS = new Map([A, B, C].map((bytes) => [sha256(bytes), bytes]));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-cache-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A remote that counts, and that can be switched off. */
function createRemote(blobs: ReadonlyMap<string, Uint8Array> = BLOBS) {
  const remote = { reads: [] as string[], isDown: false };
  const memory = createMemoryStore(blobs);
  const store: AssetStore = {
    async read(blob, interval) {
      remote.reads.push(blob.hash);
      if (remote.isDown) throw new Error("down");
      return memory.read(blob, interval);
    },
  };
  return { remote, store };
}

const filesIn = async () =>
  (await readdir(folder, { recursive: true })).filter((name) => name.length > 2).sort();
const pathOf = (bytes: Uint8Array) => join(sha256(bytes).slice(0, 2), sha256(bytes));

describe("createDiskCacheStore", () => {
  test("reads a blob from the remote once, also for readers at the same time and after a restart", async () => {
    const { remote, store } = createRemote();
    const cached = await createDiskCacheStore(store, { folder });
    await Promise.all([readBytes(cached, blobOf(A)), readBytes(cached, blobOf(A), { start: 5, end: 9 })]);
    const restarted = await createDiskCacheStore(store, { folder });
    expect(await readBytes(restarted, blobOf(A))).toEqual(A);
    expect(remote.reads).toEqual([sha256(A)]);
  });

  test("goes on serving what it holds when the remote is gone, and the rest when it is back", async () => {
    const { remote, store } = createRemote();
    const cached = await createDiskCacheStore(store, { folder });
    await readBytes(cached, blobOf(A));
    remote.isDown = true;
    expect(await readBytes(cached, blobOf(A))).toEqual(A);
    await expect(cached.read(blobOf(B))).rejects.toThrow("down");
    remote.isDown = false;
    expect(await readBytes(cached, blobOf(B))).toEqual(B);
  });

  test("does the same with a real server that is ended and started again", async () => {
    const server = await startBlobServer(BLOBS);
    const port = Number(new URL(server.url).port);
    const cached = await createDiskCacheStore(createOriginStore({ base: server.url }), { folder });
    await readBytes(cached, blobOf(A));
    await server.close();
    expect(await readBytes(cached, blobOf(A))).toEqual(A);
    await expect(cached.read(blobOf(B))).rejects.toThrow("the origin is unreachable");
    const again = await startBlobServer(BLOBS, { port });
    expect(await readBytes(cached, blobOf(B))).toEqual(B);
    await again.close();
  });

  test("keeps nothing whose hash is wrong, and leaves nothing behind", async () => {
    const { store } = createRemote(new Map([[sha256(A), A.toReversed()]]));
    const cached = await createDiskCacheStore(store, { folder });
    await expect(cached.read(blobOf(A))).rejects.toThrow("the remote store sent other bytes");
    expect(await filesIn()).toEqual([]);
  });

  test("believes what lies there from before only after reading it", async () => {
    const { remote, store } = createRemote();
    await readBytes(await createDiskCacheStore(store, { folder }), blobOf(A));
    await writeFile(join(folder, pathOf(A)), A.toReversed());
    const restarted = await createDiskCacheStore(store, { folder });
    expect(await readBytes(restarted, blobOf(A))).toEqual(A);
    expect(remote.reads.length).toBe(2);
  });

  test("uses the copies of other processes that share the folder", async () => {
    const { remote, store } = createRemote();
    const [one, other] = await Promise.all([1, 2].map(() => createDiskCacheStore(store, { folder })));
    for (const cached of [one, other]) expect(await readBytes(cached as AssetStore, blobOf(A))).toEqual(A);
    expect(remote.reads.length).toBe(1);
  });

  test("removes what a process left half loaded long ago", async () => {
    const [old, young] = ["0", "1"].map((digit) => join(folder, `${digit}${randomUUID().slice(1)}.tmp`));
    for (const path of [old, young]) await writeFile(path as string, "half");
    await utimes(old as string, 1, 1);
    await createDiskCacheStore(createRemote().store, { folder });
    expect((await filesIn()).map((name) => join(folder, name))).toEqual([young]);
  });

  test("drops the copies that were used longest ago", async () => {
    const cached = await createDiskCacheStore(createRemote().store, { folder, maxBytes: 210 });
    for (const bytes of [A, B, A, C]) await readBytes(cached, blobOf(bytes));
    expect(await filesIn()).toEqual([pathOf(A), pathOf(C)].sort());
  });

  test("knows the age of copies after a restart", async () => {
    const first = await createDiskCacheStore(createRemote().store, { folder });
    for (const bytes of [B, A]) await readBytes(first, blobOf(bytes));
    await utimes(join(folder, pathOf(B)), 1, 1);
    const second = await createDiskCacheStore(createRemote().store, { folder, maxBytes: 210 });
    await readBytes(second, blobOf(C));
    expect(await filesIn()).toEqual([pathOf(A), pathOf(C)].sort());
  });

  test("passes large blobs through", async () => {
    const { remote, store } = createRemote();
    const cached = await createDiskCacheStore(store, { folder, maxBlobBytes: 100 });
    for (let times = 0; times < 2; times++) expect(await readBytes(cached, blobOf(B))).toEqual(B);
    expect([remote.reads.length, await filesIn()]).toEqual([2, []]);
  });

  test("fetches again what was deleted or damaged under it", async () => {
    const { remote, store } = createRemote();
    const cached = await createDiskCacheStore(store, { folder });
    await readBytes(cached, blobOf(A));
    await writeFile(join(folder, pathOf(A)), "truncated");
    expect(await readBytes(cached, blobOf(A))).toEqual(A);
    expect(remote.reads.length).toBe(2);
  });
});
