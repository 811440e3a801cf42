import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll } from "vitest";
import { createMemoryCache } from "../../src/cache/memory-cache.ts";
import { createPlatformCache, type PlatformCache } from "../../src/cache/platform-cache.ts";
import { createTieredCache } from "../../src/cache/tiered-cache.ts";
import { createDiskResponseCache } from "../../src/runtimes/server/disk-response-cache.ts";
import { describeResponseCache } from "./response-cache.ts";

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "causeway-responses-"));
  folders.push(folder);
  return folder;
}

describeResponseCache("the memory cache", async (maxBodyBytes) => createMemoryCache({ maxBodyBytes }));

describeResponseCache("the disk cache", async (maxBodyBytes) =>
  createDiskResponseCache({ folder: await makeFolder(), maxBodyBytes }),
);

describeResponseCache("a small memory cache before a disk cache", async (maxBodyBytes) =>
  createTieredCache(
    createMemoryCache({ maxBodyBytes: 1_000 }),
    await createDiskResponseCache({ folder: await makeFolder(), maxBodyBytes }),
  ),
);

let workerd: Miniflare;
let opened = 0;

beforeAll(() => {
  const code = { type: "esm" as const, contents: "export default {}" };
  const manifest = { mainModule: "main.mjs", modules: { "main.mjs": code } };
  const config = { name: "caches", compatibilityDate: "2026-01-01", manifest };
  workerd = new Miniflare({ workers: [{ config }] });
});
afterAll(() => workerd.dispose());

describeResponseCache(
  "the cache of workerd",
  async (maxBodyBytes) => {
    opened += 1;
    const cache = await (await workerd.getCaches()).open(`responses-${opened}`);
    return createPlatformCache(cache as unknown as PlatformCache, { maxBodyBytes });
  },
  { counts: false },
);
