import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createMemoryCache } from "../../src/cache/memory-cache.ts";
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
