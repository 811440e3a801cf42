import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createMemoryStore } from "../../../../src/assets/stores/memory-store.ts";
import type { GatewayContext } from "../../../../src/contract/handler.ts";
import type { LogSink } from "../../../../src/contract/platform.ts";
import { SITE_FORMAT, type Site } from "../../../../src/contract/site.ts";
import { composeRelease } from "../../../../src/runtimes/server/compose-release.ts";

const TEXT = "The quick brown fox jumps over the lazy dog.\n".repeat(100);

const SITE: Site = {
  format: SITE_FORMAT,
  build: "test",
  name: "test",
  application: { kind: "worker", invocation: undefined, first: { kind: "always" } },
  assets: {
    files: {},
    htmlHandling: "pages",
    notFound: "pages",
    headers: [],
    redirects: { exact: [], patterns: [] },
    navigationFallbackOnly: false,
    immutableFingerprints: false,
  },
  vars: {},
  compatibility: { date: undefined, flags: [] },
};

const LOG: LogSink = { access() {}, error() {}, warn() {} };
const CONTEXT: GatewayContext = {
  waitUntil() {},
  passThroughOnException() {},
  requestId: "r",
  clientAddress: undefined,
};

test("answers of the application are compressed for a client that takes them so", async () => {
  const worker = { fetch: () => new Response(TEXT, { headers: { "content-type": "text/plain" } }) };
  const release = { site: SITE, bundle: { modules: {}, worker }, store: createMemoryStore(new Map()) };
  const { handler } = composeRelease(
    { runtime: "node" },
    release,
    { ...release, host: "127.0.0.1", port: 0 },
    LOG,
  );
  const request = new Request("http://host/", { headers: { "accept-encoding": "gzip" } });
  const response = await handler(request, {}, CONTEXT);
  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(await response.bytes()).toString()).toBe(TEXT);
  expect((await handler(new Request("http://host/"), {}, CONTEXT)).headers.has("content-encoding")).toBe(
    false,
  );
});
