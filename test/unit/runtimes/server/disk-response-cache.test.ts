import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  createDiskResponseCache,
  type DiskResponseCacheOptions,
} from "../../../../src/runtimes/server/disk-response-cache.ts";
import { headOf, textOf } from "../../../conformance/response-cache.ts";

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "causeway-disk-"));
  folders.push(folder);
  return folder;
}

async function open(folder: string, options: Partial<DiskResponseCacheOptions> = {}) {
  const cache = await createDiskResponseCache({ folder, ...options });
  await cache.listed;
  return cache;
}

async function files(folder: string, suffix: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(suffix));
}

const body = (size: number) => new Uint8Array(size).fill(97);

describe("a cache on disk", () => {
  it("serves after a restart what it kept before", async () => {
    const folder = await makeFolder();
    await (await open(folder)).write(headOf("k", { tags: ["t"] }), body(10));
    const [stored] = await (await open(folder)).read("k");
    expect(stored?.tags).toEqual(["t"]);
    expect(await textOf(stored)).toBe("aaaaaaaaaa");
  });

  it("purges after a restart what it kept before", async () => {
    const folder = await makeFolder();
    await (await open(folder)).write(headOf("k", { tags: ["t"] }), body(10));
    expect(await (await open(folder)).purge({ kind: "tag", tag: "t" })).toBe(1);
  });

  it("serves and purges what another process keeps in the same folder", async () => {
    const folder = await makeFolder();
    const [one, other] = [await open(folder), await open(folder)];
    await one.write(headOf("k"), body(10));
    expect(await textOf((await other.read("k"))[0])).toBe("aaaaaaaaaa");
    await one.write(headOf("l"), body(10));
    expect(await other.purge({ kind: "all" })).toBe(2);
    expect(await one.read("l")).toEqual([]);
  });

  it("makes room for new answers with those used longest ago", async () => {
    const cache = await open(await makeFolder(), { maxBytes: 50_000 });
    await cache.write(headOf("a"), body(10_000));
    await cache.write(headOf("b"), body(10_000));
    await cache.write(headOf("c"), body(10_000));
    await cache.read("a");
    await cache.write(headOf("d"), body(10_000));
    const kept = await Promise.all(["a", "b", "c", "d"].map(async (key) => (await cache.read(key)).length));
    expect(kept).toEqual([1, 0, 1, 1]);
  });

  it("obeys a limit that has become smaller", async () => {
    const folder = await makeFolder();
    const before = await open(folder);
    for (const key of ["a", "b", "c"]) await before.write(headOf(key), body(10_000));
    const heads = await files(folder, ".json");
    for (const head of heads) {
      const isFirst = (await readFile(join(folder, head), "utf8")).includes('"key":"a"');
      await utimes(join(folder, head), new Date(), new Date(isFirst ? 1_000 : 2_000));
    }
    const after = await open(folder, { maxBytes: 30_000 });
    const kept = await Promise.all(["a", "b", "c"].map(async (key) => (await after.read(key)).length));
    expect(kept).toEqual([0, 1, 1]);
  });

  it("takes a damaged head for none", async () => {
    const folder = await makeFolder();
    const cache = await open(folder);
    await cache.write(headOf("k"), body(10));
    const [head] = await files(folder, ".json");
    await writeFile(join(folder, head as string), '{"format":1,"head":');
    expect(await cache.read("k")).toEqual([]);
  });

  it("reads no file that a head names from elsewhere", async () => {
    const folder = await makeFolder();
    const cache = await open(folder);
    await cache.write(headOf("k"), body(10));
    const [head] = await files(folder, ".json");
    const path = join(folder, head as string);
    const document = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...document, body: "../../../../etc/hostname" }));
    expect(await cache.read("k")).toEqual([]);
  });

  it("still gives the body of an answer that is replaced between looking up and reading", async () => {
    const cache = await open(await makeFolder());
    await cache.write(headOf("k"), body(10));
    const [old] = await cache.read("k");
    await cache.write(headOf("k"), new TextEncoder().encode("new"));
    expect(await textOf(old)).toBe("aaaaaaaaaa");
    expect(await textOf((await cache.read("k"))[0])).toBe("new");
  });

  it("sweeps what a crash has left", async () => {
    const folder = await makeFolder();
    await (await open(folder)).write(headOf("k"), body(10));
    const [kept] = await files(folder, ".body");
    const place = join(folder, kept as string, "..");
    const orphan = join(place, "00000000-0000-0000-0000-000000000000.body");
    const young = join(place, "00000000-0000-0000-0000-000000000001.body");
    await writeFile(orphan, "x");
    await writeFile(young, "x");
    await utimes(orphan, 0, 0);
    await open(folder);
    expect((await files(folder, ".body")).length).toBe(2);
    expect(await readFile(young, "utf8")).toBe("x");
  });
});
