import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AssetTarget, BlobReference } from "../../../src/contract/platform.ts";
import { StoreError } from "../../../src/contract/store-error.ts";
import { type PushOptions, pushAssets } from "../../../src/deploy/push-assets.ts";

let folder: string;
const blobs: BlobReference[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-push-"));
  for (let index = 0; index < 40; index++) {
    const text = `blob ${index}`;
    const hash = createHash("sha256").update(text).digest("hex");
    mkdirSync(join(folder, hash.slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, hash.slice(0, 2), hash), text);
    blobs.push({ hash, size: text.length, path: `/${index}` });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const passing = () => new StoreError("busy", { isTransient: true });

/** A target in memory; `before` may fail, or take its time. */
function createTarget(before: (hash: string, attempt: number) => void | Promise<void> = () => {}) {
  const held = new Map<string, number>();
  const attempts = new Map<string, number>();
  const counts = { open: 0, mostOpen: 0, finds: 0 };
  const target: AssetTarget = {
    async find(asked) {
      counts.finds++;
      expect(new Set(asked.map(({ hash }) => hash.slice(0, 2))).size).toBe(1);
      return held;
    },
    async put({ hash, size }, content, signal) {
      counts.open++;
      counts.mostOpen = Math.max(counts.mostOpen, counts.open);
      const attempt = (attempts.get(hash) ?? 0) + 1;
      attempts.set(hash, attempt);
      try {
        await before(hash, attempt);
        signal.throwIfAborted();
        expect(
          createHash("sha256")
            .update(await content.bytes())
            .digest("hex"),
        ).toBe(hash);
        held.set(hash, size);
      } finally {
        counts.open--;
      }
    },
  };
  return { target, held, attempts, counts };
}

const push = (target: AssetTarget, more: Partial<PushOptions> = {}) => {
  const signal = new AbortController().signal;
  return pushAssets({
    folder,
    blobs,
    target,
    concurrency: 4,
    dryRun: false,
    signal,
    firstPauseMs: 1,
    ...more,
  });
};

describe("pushAssets", () => {
  test("sends what is missing or not whole, a few at a time", async () => {
    const { target, held, attempts, counts } = createTarget(() => new Promise((done) => setTimeout(done, 1)));
    const [there, cut] = blobs as [BlobReference, BlobReference];
    held.set(there.hash, there.size).set(cut.hash, cut.size - 1);
    expect(await push(target)).toMatchObject({ blobs: 40, looked: 40, missing: 39, sent: 39 });
    expect([attempts.has(there.hash), attempts.has(cut.hash), held.size]).toEqual([false, true, 40]);
    expect(counts.mostOpen).toBe(4);
  });

  test("asks once for what lies in one folder", async () => {
    const { target, counts } = createTarget();
    await push(target, { dryRun: true });
    expect(counts.finds).toBe(new Set(blobs.map(({ hash }) => hash.slice(0, 2))).size);
  });

  test("tries again what may pass", async () => {
    const { target, held } = createTarget((_, attempt) => {
      if (attempt < 3) throw passing();
    });
    expect(await push(target)).toMatchObject({ sent: 40 });
    expect(held.size).toBe(40);
  });

  test("gives up after some attempts", async () => {
    const { target, attempts } = createTarget(() => {
      throw passing();
    });
    await expect(push(target, { concurrency: 1 })).rejects.toMatchObject({ code: "store-unreachable" });
    expect([...attempts.values()]).toEqual([6]);
  });

  test("stops at once at a refusal, and begins nothing more", async () => {
    const refusal = new StoreError("no", { isTransient: false, remedy: "Ask." });
    const { target, attempts } = createTarget(() => {
      throw refusal;
    });
    await expect(push(target, { concurrency: 2 })).rejects.toMatchObject({
      code: "store-refused",
      remedy: "Ask.",
    });
    expect(attempts.size).toBeLessThanOrEqual(2);
  });

  test("says how far it came when it is interrupted", async () => {
    const controller = new AbortController();
    const { target, held } = createTarget(() => {
      if (held.size === 10) controller.abort();
    });
    const pushed = push(target, { concurrency: 1, signal: controller.signal });
    await expect(pushed).rejects.toMatchObject({
      code: "interrupted",
      message: "Interrupted after 10 of 40 missing blobs",
    });
    expect(await push(target)).toMatchObject({ missing: 30, sent: 30 });
  });

  test("names a blob that the build lacks", async () => {
    const lost = [{ hash: "f".repeat(64), size: 1, path: "/lost" }];
    await expect(push(createTarget().target, { blobs: lost })).rejects.toMatchObject({
      code: "build-missing",
      message: expect.stringContaining('Cannot push "/lost"'),
    });
  });
});
