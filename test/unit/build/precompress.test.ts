import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CompressionInput, precompress } from "../../../src/build/precompress.ts";
import { sha256 } from "../../conformance/asset-store.ts";

const TEXT = new TextEncoder().encode("The quick brown fox jumps over the lazy dog. ".repeat(50));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-compress-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(
  name: string,
  bytes: Uint8Array,
  type: string | undefined = "text/plain",
): Promise<CompressionInput> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return { hash: sha256(bytes), size: bytes.length, type, file };
}

const cacheDir = () => join(folder, "cache");
const run = (inputs: CompressionInput[]) => precompress(inputs, { cacheDir: cacheDir() });

describe("precompress", () => {
  test("stores each coding under the hash of its own bytes", async () => {
    const forms = (await run([await write("a.txt", TEXT)])).get(sha256(TEXT));
    const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync };
    for (const [coding, decode] of Object.entries(decoders)) {
      const { hash, size, file } = forms?.[coding as "br"] ?? { hash: "", size: 0, file: "" };
      const bytes = new Uint8Array(await readFile(file));
      expect([sha256(bytes), bytes.length, file]).toEqual([
        hash,
        size,
        join(cacheDir(), hash.slice(0, 2), hash),
      ]);
      expect(new Uint8Array(decode(bytes))).toEqual(TEXT);
    }
  });

  test("leaves alone what is small, of no compressible type, or does not shrink by 5 %", async () => {
    const noise = crypto.getRandomValues(new Uint8Array(5_000));
    const inputs = [
      await write("small.txt", TEXT.subarray(0, 200)),
      await write("a.png", TEXT.subarray(0, 1_000), "image/png"),
      await write("untyped", TEXT.subarray(0, 1_001), undefined),
      await write("noise.txt", noise),
    ];
    inputs[2] = { ...(inputs[2] as CompressionInput), type: undefined };
    expect((await run(inputs)).size).toBe(0);
  });

  test("makes only the codings asked for", async () => {
    const forms = await precompress([await write("a.txt", TEXT)], {
      cacheDir: cacheDir(),
      codings: ["gzip"],
    });
    expect(Object.keys(forms.get(sha256(TEXT)) ?? {})).toEqual(["gzip"]);
  });

  test("reads nothing a second time, neither what shrank nor what did not", async () => {
    const noise = crypto.getRandomValues(new Uint8Array(5_000));
    const inputs = [await write("a.txt", TEXT), await write("noise.txt", noise)];
    const first = await run(inputs);
    for (const { file } of inputs) await unlink(file);
    expect(await run(inputs)).toEqual(first);
  });

  test("makes again what was deleted from the cache", async () => {
    const input = await write("a.txt", TEXT);
    const file = (await run([input])).get(input.hash)?.br?.file ?? "";
    await unlink(file);
    await run([input]);
    expect(sha256(await readFile(file))).toBe(file.slice(-64));
  });

  test("makes nothing of a file that is no longer what was listed", async () => {
    const input = await write("a.txt", TEXT);
    await writeFile(input.file, TEXT.toReversed());
    expect((await run([input])).size).toBe(0);
  });

  test("gives the same bytes on every run", async () => {
    const input = await write("a.txt", TEXT);
    const first = await run([input]);
    await rm(cacheDir(), { recursive: true });
    expect(await run([input])).toEqual(first);
    expect((await readdir(cacheDir(), { recursive: true })).filter((name) => name.endsWith(".tmp"))).toEqual(
      [],
    );
  });
});
