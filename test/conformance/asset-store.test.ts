import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createBindingStore } from "../../src/assets/stores/binding-store.ts";
import { createHotStore } from "../../src/assets/stores/hot-store.ts";
import { createMemoryStore } from "../../src/assets/stores/memory-store.ts";
import { createFolderStore } from "../../src/runtimes/server/folder-store.ts";
import { createSourceStore } from "../../src/runtimes/server/source-store.ts";
import { blobOf, describeAssetStore } from "./asset-store.ts";

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
