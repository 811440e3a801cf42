// What every store behind the shared cache does, whichever medium it has.

import { describe, expect, it } from "vitest";
import type { ResponseCache, StoredHead, StoredResponse } from "../../src/contract/response-cache.ts";

/** Makes an empty store whose largest body is `maxBodyBytes`. */
export type MakeCache = (maxBodyBytes: number) => Promise<ResponseCache>;

const MAX_BODY_BYTES = 200_000;

export function describeResponseCache(name: string, make: MakeCache, { counts = true } = {}): void {
  describe(`${name} as a ResponseCache`, () => {
    const filled = async (...heads: StoredHead[]) => {
      const cache = await make(MAX_BODY_BYTES);
      for (const head of heads) await cache.write(head, bytes(`${head.key} ${head.variant}`));
      return cache;
    };

    it("finds nothing where nothing is", async () => {
      expect(await (await make(MAX_BODY_BYTES)).read("http://a.test/")).toEqual([]);
    });

    it("gives back what it was given", async () => {
      const head = headOf("http://a.test/", {
        status: 404,
        statusText: "Nowhere",
        headers: [
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
          ["etag", '"ü"'],
        ],
        tags: ["one", "two"],
      });
      const cache = await filled(head);
      const [stored] = await cache.read(head.key);
      expect({ ...stored, body: undefined }).toEqual({ ...head, size: 15, body: undefined });
      expect(await textOf(stored)).toBe("http://a.test/ ");
    });

    it("takes a body in pieces and gives any interval of it", async () => {
      const cache = await make(MAX_BODY_BYTES);
      const whole = "0123456789".repeat(10_000);
      expect(await cache.write(headOf("k"), streamOf(whole.slice(0, 70_000), whole.slice(70_000)))).toBe(
        true,
      );
      const [stored] = await cache.read("k");
      expect(stored?.size).toBe(100_000);
      expect(await textOf(stored)).toBe(whole);
      expect(await textOf(stored, { start: 69_998, end: 70_003 })).toBe("89012");
    });

    it("keeps an empty body", async () => {
      const cache = await make(MAX_BODY_BYTES);
      expect(await cache.write(headOf("k"), streamOf())).toBe(true);
      expect(await textOf((await cache.read("k"))[0])).toBe("");
    });

    it("keeps variants apart, the latest first, and replaces an equal one", async () => {
      const cache = await filled(
        headOf("k", { variant: "a", receivedAtMs: 1 }),
        headOf("k", { variant: "b", receivedAtMs: 2 }),
      );
      await cache.write(headOf("k", { variant: "a", receivedAtMs: 3 }), bytes("new"));
      const stored = await cache.read("k");
      expect(stored.map(({ variant }) => variant)).toEqual(["a", "b"]);
      expect(await Promise.all(stored.map((each) => textOf(each)))).toEqual(["new", "k b"]);
    });

    it("keeps no body that is too long, and stops reading it", async () => {
      const cache = await filled(headOf("k"));
      let isCancelled = false;
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(50_000)),
        cancel: () => {
          isCancelled = true;
        },
      });
      expect(await cache.write(headOf("other"), endless)).toBe(false);
      expect(isCancelled).toBe(true);
      expect(await cache.read("other")).toEqual([]);
      expect(await cache.write(headOf("other"), new Uint8Array(MAX_BODY_BYTES + 1))).toBe(false);
    });

    it("keeps nothing of a body that fails", async () => {
      const cache = await make(MAX_BODY_BYTES);
      const broken = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes("half"));
        },
        pull(controller) {
          controller.error(new Error("reset"));
        },
      });
      expect(await cache.write(headOf("k"), broken)).toBe(false);
      expect(await cache.read("k")).toEqual([]);
    });

    it("changes the head of what is there and of nothing else", async () => {
      const cache = await filled(headOf("k"));
      await cache.update(headOf("k", { headers: [["x", "new"]], receivedAtMs: 9 }));
      await cache.update(headOf("gone"));
      const [stored] = await cache.read("k");
      expect(stored?.headers).toEqual([["x", "new"]]);
      expect(await textOf(stored)).toBe("k ");
      expect(await cache.read("gone")).toEqual([]);
    });

    it("removes one variant or all", async () => {
      const cache = await filled(headOf("k", { variant: "a" }), headOf("k", { variant: "b" }), headOf("l"));
      expect(await cache.remove("k", "a")).toBe(true);
      expect((await cache.read("k")).map(({ variant }) => variant)).toEqual(["b"]);
      expect(await cache.remove("k")).toBe(true);
      expect(await cache.remove("k")).toBe(false);
      expect(await cache.read("k")).toEqual([]);
      expect(await cache.read("l")).toHaveLength(1);
    });

    it("purges by URL, prefix and tag, in named caches too", async () => {
      const keys = ["http://a.test/x/1", "http://a.test/x/2", "name\nhttp://a.test/x/1", "http://a.test/y"];
      const heads = keys.map((key, index) => headOf(key, { tags: [`n${index}`] }));
      const left = async (cache: ResponseCache) => {
        const found = await Promise.all(keys.map((key) => cache.read(key)));
        return keys.filter((_, index) => found[index]?.length === 1);
      };
      const byUrl = await filled(...heads);
      expect(await byUrl.purge({ kind: "url", url: "http://a.test/x/1" })).toBe(counts ? 2 : 0);
      expect(await left(byUrl)).toEqual([keys[1], keys[3]]);
      const byPrefix = await filled(...heads);
      expect(await byPrefix.purge({ kind: "prefix", prefix: "http://a.test/x/" })).toBe(counts ? 3 : 0);
      expect(await left(byPrefix)).toEqual([keys[3]]);
      const byTag = await filled(...heads);
      expect(await byTag.purge({ kind: "tag", tag: "n3" })).toBe(counts ? 1 : 0);
      expect(await left(byTag)).toEqual(keys.slice(0, 3));
      expect(await byTag.purge({ kind: "all" })).toBe(counts ? 3 : 0);
      expect(await left(byTag)).toEqual([]);
    });
  });
}

/** A head with what a test does not care about filled in. */
export function headOf(key: string, part: Partial<StoredHead> = {}): StoredHead {
  return {
    key,
    vary: [],
    variant: "",
    status: 200,
    statusText: "",
    headers: [["cache-control", "max-age=60"]],
    requestedAtMs: 1,
    receivedAtMs: 1,
    tags: [],
    ...part,
  };
}

/** The body of a kept answer as text; undefined if it is gone. */
export async function textOf(
  stored: StoredResponse | undefined,
  interval?: { start: number; end: number },
): Promise<string | undefined> {
  if (stored === undefined) return undefined;
  const body =
    stored.body instanceof Uint8Array
      ? stored.body.subarray(interval?.start ?? 0, interval?.end ?? stored.size)
      : await stored.body.read(interval);
  return body === undefined ? undefined : new Response(body as BodyInit).text();
}

function streamOf(...texts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(bytes(text));
      controller.close();
    },
  });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
