import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type RepresentOptions, representAsset } from "../../../src/assets/represent.ts";
import { createMemoryStore } from "../../../src/assets/stores/memory-store.ts";
import type { AssetFile } from "../../../src/contract/site.ts";

const PLAIN = new TextEncoder().encode("The quick brown fox jumps over the lazy dog.\n".repeat(100));
const CODED = { br: brotliCompressSync(PLAIN), gzip: gzipSync(PLAIN) };
const MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT";

const blobs = new Map([PLAIN, CODED.br, CODED.gzip].map((bytes) => [sha256(bytes), new Uint8Array(bytes)]));
const store = createMemoryStore(blobs);
const plainFile: AssetFile = { ...refer(PLAIN), type: "text/plain; charset=utf-8", modified: MODIFIED };
const codedFile: AssetFile = { ...plainFile, encodings: { br: refer(CODED.br), gzip: refer(CODED.gzip) } };
const tagOf = (bytes: Uint8Array) => `"${sha256(bytes).slice(0, 32)}"`;

interface Ask {
  method?: string;
  file?: AssetFile;
  options?: Partial<RepresentOptions>;
}

function ask(
  headers: Record<string, string> = {},
  { method = "GET", file = plainFile, options = {} }: Ask = {},
) {
  const request = new Request("http://host/fox.txt", { method, headers });
  const defaults = new Headers({ "cache-control": "public, max-age=0" });
  return representAsset(request, { path: "/fox.txt", file }, store, {
    status: 200,
    headers: defaults,
    ...options,
  });
}

const fieldsOf = (response: Response) => Object.fromEntries(response.headers);

describe("a whole file", () => {
  test("has type, length, strong tag, date and the caller's headers", async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(fieldsOf(response)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "public, max-age=0",
      "content-length": String(PLAIN.length),
      "content-type": "text/plain; charset=utf-8",
      etag: tagOf(PLAIN),
      "last-modified": MODIFIED,
    });
    expect(await response.bytes()).toEqual(PLAIN);
  });

  test("has the headers of GET and no body for HEAD, whatever range it asks for", async () => {
    const head = await ask({ range: "bytes=0-4" }, { method: "HEAD" });
    expect([head.status, head.body, fieldsOf(head)]).toEqual([200, null, fieldsOf(await ask())]);
  });

  test("has no Content-Type where the manifest names none, and the caller's where it gives one", async () => {
    const untyped = await ask({}, { file: { ...plainFile, type: undefined } });
    expect(untyped.headers.has("content-type")).toBe(false);
    const typed = await ask({}, { options: { headers: new Headers({ "content-type": "text/x-custom" }) } });
    expect(typed.headers.get("content-type")).toBe("text/x-custom");
  });

  test("is a temporary failure when the store no longer has the bytes", async () => {
    const response = await ask({}, { file: { ...plainFile, hash: "0".repeat(64) } });
    expect([response.status, response.headers.get("cache-control")]).toEqual([503, "no-store"]);
  });
});

describe("content codings", () => {
  test("the smallest of equally welcome forms is sent, under its own tag and length", async () => {
    const response = await ask({ "accept-encoding": "gzip, br" }, { file: codedFile });
    expect(fieldsOf(response)).toMatchObject({
      "content-encoding": "br",
      "content-length": String(CODED.br.length),
      "content-type": "text/plain; charset=utf-8",
      etag: tagOf(CODED.br),
    });
    expect(new Uint8Array(brotliDecompressSync(await response.bytes()))).toEqual(PLAIN);
  });

  test.each([
    ["whole", {}, 200],
    ["coded", { "accept-encoding": "gzip" }, 200],
    ["partial", { range: "bytes=0-4" }, 206],
    ["not modified", { "if-none-match": tagOf(PLAIN) }, 304],
    ["refused", { "if-match": '"x"' }, 412],
    ["out of range", { range: "bytes=99999-" }, 416],
  ] as [string, Record<string, string>, number][])(
    "a %s answer of a file with variants varies",
    async (_, headers, status) => {
      const response = await ask(headers, { file: codedFile });
      expect([response.status, response.headers.get("vary")]).toEqual([status, "Accept-Encoding"]);
    },
  );

  test("a file without variants does not vary", async () => {
    expect((await ask({ "accept-encoding": "gzip" })).headers.has("vary")).toBe(false);
  });

  test("the caller's Vary is kept", async () => {
    const options = { headers: new Headers({ vary: "Origin" }) };
    expect((await ask({}, { file: codedFile, options })).headers.get("vary")).toBe("Origin, Accept-Encoding");
  });

  test("a tag of one coding does not confirm another", async () => {
    const headers = { "accept-encoding": "gzip", "if-none-match": tagOf(CODED.br) };
    expect((await ask(headers, { file: codedFile })).status).toBe(200);
    const same = { "accept-encoding": "br", "if-none-match": tagOf(CODED.br) };
    expect((await ask(same, { file: codedFile })).headers.get("etag")).toBe(tagOf(CODED.br));
  });
});

describe("conditions", () => {
  test("304 carries what guides a cache and nothing about the body", async () => {
    const response = await ask({ "if-none-match": `W/${tagOf(PLAIN)}` });
    expect([response.status, response.body]).toEqual([304, null]);
    expect(fieldsOf(response)).toEqual({ "cache-control": "public, max-age=0", etag: tagOf(PLAIN) });
  });

  test("304 keeps a Content-Type that the caller sets", async () => {
    const options = { headers: new Headers({ "content-type": "text/html" }) };
    const response = await ask({ "if-none-match": "*" }, { options });
    expect(response.headers.get("content-type")).toBe("text/html");
  });

  test("412 has no body and is not stored under the file's lifetime", async () => {
    const response = await ask({ "if-match": '"x"', range: "bytes=99999-" });
    expect([response.status, response.body]).toEqual([412, null]);
    expect(fieldsOf(response)).toEqual({ "content-length": "0" });
  });

  test("304 wins over 206 and 416", async () => {
    expect((await ask({ "if-none-match": "*", range: "bytes=0-4" })).status).toBe(304);
    expect((await ask({ "if-none-match": "*", range: "bytes=99999-" })).status).toBe(304);
  });

  test("an error page knows neither conditions nor ranges and has no validators unless asked for", async () => {
    const headers = { "if-none-match": "*", "if-match": '"x"', range: "bytes=0-4" };
    const response = await ask(headers, { options: { status: 404 } });
    expect([response.status, await response.bytes()]).toEqual([404, PLAIN]);
    expect(["etag", "last-modified", "accept-ranges"].filter((name) => response.headers.has(name))).toEqual(
      [],
    );
    const tagged = await ask({}, { options: { status: 404, validators: true } });
    expect(tagged.headers.get("etag")).toBe(tagOf(PLAIN));
  });
});

describe("ranges", () => {
  test("one span is sent as it is", async () => {
    const response = await ask({ range: "bytes=4-8" });
    expect(response.status).toBe(206);
    expect(fieldsOf(response)).toMatchObject({
      "content-length": "5",
      "content-range": `bytes 4-8/${PLAIN.length}`,
      "content-type": "text/plain; charset=utf-8",
      etag: tagOf(PLAIN),
    });
    expect(await response.text()).toBe("quick");
  });

  test("several spans are parts of one answer whose length is exact", async () => {
    const response = await ask({ range: "bytes=4-8, -5" });
    const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(
      response.headers.get("content-type") ?? "",
    )?.[1];
    const text = await response.text();
    expect(response.headers.has("content-range")).toBe(false);
    expect(Number(response.headers.get("content-length"))).toBe(text.length);
    expect(text.split(`--${boundary}`)).toEqual([
      "",
      `\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 4-8/${PLAIN.length}\r\n\r\nquick\r\n`,
      `\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 4495-4499/${PLAIN.length}\r\n\r\ndog.\n\r\n`,
      "--\r\n",
    ]);
  });

  test("416 tells the size and is not stored under the file's lifetime", async () => {
    const response = await ask({ range: `bytes=${PLAIN.length}-` });
    expect([response.status, response.body]).toEqual([416, null]);
    expect(fieldsOf(response)).toEqual({
      "accept-ranges": "bytes",
      "content-length": "0",
      "content-range": `bytes */${PLAIN.length}`,
    });
  });

  test.each(["bytes=x", "lines=1-2", "bytes=4-2"])("%s is ignored", async (range) => {
    expect((await ask({ range })).status).toBe(200);
  });

  test("If-Range with another tag sends the whole, even if the range lies outside", async () => {
    expect((await ask({ range: "bytes=0-4", "if-range": '"x"' })).status).toBe(200);
    expect((await ask({ range: "bytes=99999-", "if-range": '"x"' })).status).toBe(200);
    expect((await ask({ range: "bytes=99999-", "if-range": tagOf(PLAIN) })).status).toBe(416);
    expect((await ask({ range: "bytes=0-4", "if-range": MODIFIED })).status).toBe(206);
  });

  test("count in plain bytes, although the client would take a coded form", async () => {
    const response = await ask({ range: "bytes=4-8", "accept-encoding": "br" }, { file: codedFile });
    expect([response.headers.has("content-encoding"), await response.text()]).toEqual([false, "quick"]);
  });

  test("an ignored range leaves the choice of the coding as it was", async () => {
    const headers = { range: "bytes=x", "accept-encoding": "br" };
    expect((await ask(headers, { file: codedFile })).headers.get("content-encoding")).toBe("br");
    const stale = { range: "bytes=0-4", "if-range": '"x"', "accept-encoding": "br" };
    expect((await ask(stale, { file: codedFile })).headers.get("content-encoding")).toBe("br");
  });

  test.each(["if-range", "if-match"])(
    "a client that names a coded form in %s resumes in that form",
    async (name) => {
      const headers = { range: "bytes=5-", [name]: tagOf(CODED.br), "accept-encoding": "br" };
      const response = await ask(headers, { file: codedFile });
      expect(fieldsOf(response)).toMatchObject({ "content-encoding": "br", etag: tagOf(CODED.br) });
      expect(await response.bytes()).toEqual(new Uint8Array(CODED.br.subarray(5)));
    },
  );

  test("several spans of a coded form are answered by the whole of it", async () => {
    const headers = { range: "bytes=0-1,4-5", "if-range": tagOf(CODED.br), "accept-encoding": "br" };
    const response = await ask(headers, { file: codedFile });
    expect([response.status, response.headers.get("content-encoding")]).toEqual([200, "br"]);
  });

  test("a client that refuses plain bytes gets a range of a coded form", async () => {
    const headers = { range: "bytes=0-4", "accept-encoding": "gzip, identity;q=0" };
    const response = await ask(headers, { file: codedFile });
    expect([response.status, response.headers.get("content-encoding")]).toEqual([206, "gzip"]);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function refer(bytes: Uint8Array): { hash: string; size: number } {
  return { hash: sha256(bytes), size: bytes.length };
}
