import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createBindingStore } from "../../src/assets/stores/binding-store.ts";
import { createKvStore, createR2Store, type R2Source } from "../../src/assets/stores/bucket-store.ts";
import { createHotStore } from "../../src/assets/stores/hot-store.ts";
import { createMemoryStore } from "../../src/assets/stores/memory-store.ts";
import { createOriginStore } from "../../src/assets/stores/origin-store.ts";
import { createS3Store } from "../../src/assets/stores/s3-store.ts";
import { createDiskCacheStore } from "../../src/runtimes/server/disk-cache-store.ts";
import { createFolderStore } from "../../src/runtimes/server/folder-store.ts";
import { createSourceStore } from "../../src/runtimes/server/source-store.ts";
import { blobOf, describeAssetStore } from "./asset-store.ts";
import { startBlobServer } from "./blob-server.ts";

type Blobs = ReadonlyMap<string, Uint8Array>;

/** Writes blobs under names of the caller's choice into a new temporary folder. */
async function writeFolder(blobs: Blobs, nameOf: (hash: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), "causeway-store-"));
  for (const [hash, bytes] of blobs) {
    const file = join(folder, nameOf(hash));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return { folder, dispose: () => rm(folder, { recursive: true }) };
}

/** The Workers binding as seen from a Worker: whole files by path, streamed. */
function createBinding(blobs: Blobs) {
  return {
    async fetch(request: Request) {
      const bytes = blobs.get(new URL(request.url).pathname.slice("/00/".length));
      return bytes
        ? new Response(new Blob([bytes as BlobPart]).stream())
        : new Response("not found", { status: 404 });
    },
  };
}

describeAssetStore("a memory store", async (blobs) => ({ store: createMemoryStore(blobs) }));

describeAssetStore("a folder store", async (blobs) => {
  const { folder, dispose } = await writeFolder(blobs, (hash) => join(hash.slice(0, 2), hash));
  return { store: createFolderStore(folder), dispose };
});

describeAssetStore("a source store", async (blobs) => {
  const { folder, dispose } = await writeFolder(blobs, (hash) => `${hash.slice(0, 8)}.bin`);
  const sources = [...blobs].map(async ([hash, bytes]) => {
    const file = join(folder, `${hash.slice(0, 8)}.bin`);
    const { size, mtimeMs, ino } = await stat(file);
    return [blobOf(bytes).path, { file, hash, size, modifiedMs: mtimeMs, inode: ino }] as const;
  });
  return { store: createSourceStore(new Map(await Promise.all(sources))), dispose };
});

describeAssetStore("a binding store", async (blobs) => ({ store: createBindingStore(createBinding(blobs)) }));

describeAssetStore("a hot store before a folder", async (blobs) => {
  const { folder, dispose } = await writeFolder(blobs, (hash) => join(hash.slice(0, 2), hash));
  return { store: createHotStore(createFolderStore(folder)), dispose };
});

describeAssetStore("a hot store before a binding", async (blobs) => ({
  store: createHotStore(createBindingStore(createBinding(blobs)), { maxBytes: 2_000, maxBlobBytes: 1_500 }),
}));

describeAssetStore("an origin store", async (blobs) => {
  const server = await startBlobServer(blobs, { folder: "/blobs" });
  return { store: createOriginStore({ base: `${server.url}/blobs/` }), dispose: server.close };
});

describeAssetStore("an origin store whose server knows no ranges", async (blobs) => {
  const server = await startBlobServer(blobs, { ranges: false });
  return { store: createOriginStore({ base: server.url }), dispose: server.close };
});

describeAssetStore("an S3 store", async (blobs) => {
  const secretAccessKey = "a secret";
  const server = await startBlobServer(blobs, { folder: "/bucket/some/folder", secretAccessKey });
  const place = { endpoint: server.url, bucket: "bucket", region: "eu-central-1", prefix: "/some/folder/" };
  return {
    store: await createS3Store({ ...place, accessKeyId: "id", secretAccessKey }),
    dispose: server.close,
  };
});

/** An R2 bucket with blobs below a folder. */
function createBucket(blobs: Blobs, folder: string): R2Source {
  return {
    async get(key, options) {
      const bytes = key.startsWith(folder) ? blobs.get(key.slice(folder.length + "00/".length)) : undefined;
      const { offset = 0, length = bytes?.length ?? 0 } = options?.range ?? {};
      return bytes ? { body: new Blob([bytes.slice(offset, offset + length)]).stream() } : null;
    },
  };
}

describeAssetStore("an R2 store", async (blobs) => ({ store: createR2Store(createBucket(blobs, "")) }));

describeAssetStore("an R2 store below a folder", async (blobs) => ({
  store: createR2Store(createBucket(blobs, "some/folder/"), "some/folder"),
}));

describeAssetStore("a KV store", async (blobs) => ({
  store: createKvStore({
    async get(key) {
      const bytes = blobs.get(key.slice(3));
      return bytes ? new Blob([bytes.slice()]).stream() : null;
    },
  }),
}));

describeAssetStore("a disk cache before an origin", async (blobs) => {
  const server = await startBlobServer(blobs);
  const { folder, dispose } = await writeFolder(new Map(), () => "");
  const store = await createDiskCacheStore(createOriginStore({ base: server.url }), { folder });
  return { store, dispose: async () => void (await Promise.all([server.close(), dispose()])) };
});

describeAssetStore("a disk cache that has room for little", async (blobs) => {
  const { folder, dispose } = await writeFolder(new Map(), () => "");
  const store = await createDiskCacheStore(createMemoryStore(blobs), {
    folder,
    maxBytes: 1_200,
    maxBlobBytes: 1_100,
  });
  return { store, dispose };
});
