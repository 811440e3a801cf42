import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type CompressionOptions, createResponseCompressor } from "../../../src/http/compress-response.ts";
import { WEB_ENCODERS } from "../../../src/http/web-encoders.ts";

const TEXT = "The quick brown fox jumps over the lazy dog.\n".repeat(100);
const HTML = { "content-type": "text/html; charset=utf-8" };

const ask = (acceptEncoding = "gzip", method = "GET") =>
  new Request("http://host/", { method, headers: { "accept-encoding": acceptEncoding } });
const compress = async (response: Response, request = ask(), options: Partial<CompressionOptions> = {}) =>
  createResponseCompressor({ encoders: WEB_ENCODERS, ...options })(request, response);
const codingOf = async (response: Promise<Response>) => (await response).headers.get("content-encoding");

describe("createResponseCompressor", () => {
  test("compresses text for a client that takes the coding", async () => {
    const response = await compress(
      new Response(TEXT, { status: 201, headers: { ...HTML, "content-length": "4500" } }),
    );
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      201,
      { ...HTML, "content-encoding": "gzip", vary: "Accept-Encoding" },
    ]);
    expect(gunzipSync(await response.bytes()).toString()).toBe(TEXT);
  });

  test("keeps several Set-Cookie fields and weakens a strong tag", async () => {
    const headers = new Headers({ ...HTML, etag: '"v1"' });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    const response = await compress(new Response(TEXT, { headers }));
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("etag")).toBe('W/"v1"');
    const weak = await compress(new Response(TEXT, { headers: { ...HTML, etag: 'W/"v1"' } }));
    expect(weak.headers.get("etag")).toBe('W/"v1"');
  });

  test("leaves the answer to a request that names no codings untouched", async () => {
    const response = new Response(TEXT, { headers: HTML });
    expect(await compress(response, new Request("http://host/"))).toBe(response);
    expect(response.headers.has("vary")).toBe(false);
  });

  test.each(["identity", "br", "gzip;q=0", "*;q=0"])(
    "tells a client that asks for %s what others get",
    async (field) => {
      const response = await compress(new Response(TEXT, { headers: { ...HTML, etag: '"v1"' } }), ask(field));
      expect(Object.fromEntries(response.headers)).toEqual({
        ...HTML,
        etag: '"v1"',
        vary: "Accept-Encoding",
      });
      expect(await response.text()).toBe(TEXT);
    },
  );

  test("adds Vary to HEAD", async () => {
    const response = await compress(new Response(null, { headers: HTML }), ask("gzip", "HEAD"));
    expect(Object.fromEntries(response.headers)).toEqual({ ...HTML, vary: "Accept-Encoding" });
  });

  test.each<[string, ResponseInit]>([
    ["of a type that does not shrink", { headers: { "content-type": "image/png" } }],
    ["without a type", { headers: { "content-type": "" } }],
    ["that is an event stream", { headers: { "content-type": "text/event-stream" } }],
    ["that is coded already", { headers: { ...HTML, "content-encoding": "br" } }],
    ["that is partial", { status: 206, headers: { ...HTML, "content-range": "bytes 0-9/10" } }],
    ["that offers ranges, as stored files do", { headers: { ...HTML, "accept-ranges": "bytes" } }],
    ["that forbids it", { headers: { ...HTML, "cache-control": "public, no-transform" } }],
    ["with a digest of its bytes", { headers: { ...HTML, "content-digest": "sha-256=:x:" } }],
    ["that declares to be small", { headers: { ...HTML, "content-length": "100" } }],
    ["that declares to be huge", { headers: { ...HTML, "content-length": "99999999" } }],
  ])("leaves an answer %s exactly as it is", async (_, init) => {
    const response = new Response(TEXT, init);
    const before = [...response.headers];
    expect(await compress(response)).toBe(response);
    expect([...response.headers]).toEqual(before);
  });

  test("sends a short body plain, although it did not declare its length", async () => {
    const response = await compress(new Response("short", { headers: HTML }));
    expect([Object.fromEntries(response.headers), await response.text()]).toEqual([HTML, "short"]);
  });

  test("asks the runtime for the body before it reads a stream", async () => {
    const known = (text: string) =>
      compress(new Response(null, { headers: HTML }), ask(), { completeBodyOf: () => text });
    expect(await codingOf(known("short"))).toBeNull();
    expect(gunzipSync(await (await known(TEXT)).bytes()).toString()).toBe(TEXT);
  });

  test("works on answers whose headers are immutable", async () => {
    const open = () => fetch(`data:text/html,${encodeURIComponent(TEXT)}`);
    expect(await codingOf(compress(await open()))).toBe("gzip");
    const plain = await compress(await open(), ask("identity"));
    expect([plain.headers.get("vary"), await plain.text()]).toEqual(["Accept-Encoding", TEXT]);
  });

  test("without a flushing encoder lets a slow stream pass as it is, chunk by chunk", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const response = await compress(new Response(readable, { headers: HTML }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (const word of ["one", "two"]) {
      const read = reader.read();
      await writer.write(new TextEncoder().encode(word));
      expect(new TextDecoder().decode((await read).value)).toBe(word);
    }
    expect(response.headers.has("content-encoding")).toBe(false);
  });
});
