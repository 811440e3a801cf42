import {
  appendFile,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readFileBytes } from "../../../../src/runtimes/server/read-file-bytes.ts";

const SIZE = 2_000_000;
const WHOLE = { start: 0, end: SIZE };
const bytesOf = (value: number, size = SIZE) => new Uint8Array(size).fill(value);

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-read-"));
  file = join(folder, "file.bin");
});
beforeEach(() => writeFile(file, bytesOf(1)));
afterAll(() => rm(folder, { recursive: true }));

const identify = async () => {
  const { size, mtimeMs, ino } = await stat(file);
  return { size, modifiedMs: mtimeMs, inode: ino };
};
const open = async () => (await readFileBytes(file, await identify(), WHOLE)) as ReadableStream<Uint8Array>;
const drain = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
  return bytes;
};
const openDescriptors = async () => (await readdir("/proc/self/fd")).length;

describe("readFileBytes", () => {
  test("gives a short interval as an array and a long one as a stream", async () => {
    expect(await readFileBytes(file, { size: SIZE }, { start: 5, end: 8 })).toEqual(bytesOf(1, 3));
    expect(await readFileBytes(file, { size: SIZE }, WHOLE)).toBeInstanceOf(ReadableStream);
  });

  test("has nothing when the file is missing, a directory, or another one than was listed", async () => {
    const identity = await identify();
    for (const interval of [WHOLE, { start: 0, end: 10 }]) {
      expect(await readFileBytes(join(folder, "none"), identity, interval)).toBeUndefined();
      expect(await readFileBytes(folder, identity, interval)).toBeUndefined();
      expect(await readFileBytes(file, { size: SIZE - 1 }, interval)).toBeUndefined();
      expect(await readFileBytes(file, { ...identity, modifiedMs: 1 }, interval)).toBeUndefined();
      expect(await readFileBytes(file, { ...identity, inode: 1 }, interval)).toBeUndefined();
    }
  });

  test("goes on with the version it began when the name is given to another file", async () => {
    const reader = (await open()).getReader();
    await reader.read();
    await writeFile(join(folder, "new"), bytesOf(2));
    await rename(join(folder, "new"), file);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      expect(part.value.every((byte) => byte === 1)).toBe(true);
    }
  });

  test("goes on when the name is deleted", async () => {
    const reader = (await open()).getReader();
    const first = await reader.read();
    await unlink(file);
    expect((first.value?.length ?? 0) + (await drain(reader))).toBe(SIZE);
  });

  test.each([
    ["written over", () => writeFile(file, bytesOf(2))],
    ["appended to", () => appendFile(file, "x")],
    ["truncated", () => truncate(file, SIZE / 2)],
  ])("breaks off when the file is %s, and sends nothing of the new version", async (_, change) => {
    const reader = (await open()).getReader();
    await reader.read();
    await change();
    await expect(drain(reader)).rejects.toThrow("it changed while it was read");
  });

  test("breaks off when another file has the name before the first byte is read", async () => {
    const stream = await open();
    await writeFile(join(folder, "new"), bytesOf(2));
    await rename(join(folder, "new"), file);
    await expect(stream.getReader().read()).rejects.toThrow("it changed while it was read");
  });

  test.runIf(process.platform === "linux")(
    "holds no descriptor for a stream that nobody reads or that is left",
    async () => {
      const before = await openDescriptors();
      const streams = await Promise.all(Array.from({ length: 20 }, open));
      expect(await openDescriptors()).toBe(before);
      const readers = streams.map((stream) => stream.getReader());
      await Promise.all(readers.map((reader) => reader.read()));
      expect(await openDescriptors()).toBe(before + 20);
      await Promise.all(readers.slice(0, 10).map((reader) => reader.cancel()));
      await Promise.all(readers.slice(10).map(drain));
      expect(await openDescriptors()).toBe(before);
    },
  );
});
