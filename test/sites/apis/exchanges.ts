// What functions that use the APIs of Workers must answer, on every runtime.

import type { Exchange } from "../../conformance/exchange.ts";

const json = (value: unknown) => ({ json: value });

export const exchanges: Exchange[] = [
  {
    name: "HTMLRewriter changes a static page",
    path: "/rewrite",
    expect: {
      status: 200,
      headers: { "content-type": /^text\/html/ },
      body: [
        "<!doctype html>",
        "<title>Page of the site</title>",
        "<h1>a &lt; b</h1>",
        '<p>A <a href="https://example.com/">link</a><i>!</i></p>',
        "<!-- end -->",
      ].join("\n"),
    },
  },
  {
    name: "crypto.subtle.timingSafeEqual",
    path: "/equal",
    expect: { status: 200, body: json({ same: true, other: false, unequalLength: "TypeError" }) },
  },
  {
    name: "request.cf, scheduler.wait, crypto, URLPattern, navigator",
    path: "/globals",
    expect: {
      status: 200,
      body: json({
        cf: "object",
        signatureBytes: 32,
        uuid: true,
        url: { b: "7" },
        clone: 1,
        userAgent: "Cloudflare-Workers",
        node: ["undefined", "undefined"],
      }),
    },
  },

  {
    name: "crypto.DigestStream",
    path: "/streams?what=digest",
    expect: { status: 200, body: json("ba7816bf8f01cfea") },
  },
  {
    name: "IdentityTransformStream",
    path: "/streams?what=identity",
    expect: { status: 200, body: json("abc") },
  },
  {
    name: "FixedLengthStream",
    path: "/streams?what=fixed",
    expect: { status: 200, body: json({ right: "abc", short: "TypeError", long: "TypeError" }) },
  },
  {
    name: "self is the global object",
    path: "/streams?what=self",
    expect: { status: 200, body: json(true) },
  },

  // caches
  { name: "nothing is cached at first", path: "/cache/a", expect: { status: 404, body: "not cached" } },
  { name: "cache.put", method: "PUT", path: "/cache/a", body: "kept", expect: { status: 204 } },
  {
    name: "cache.match in another request",
    path: "/cache/a",
    expect: {
      status: 200,
      headers: { "x-made": "yes", "cf-cache-status": "HIT", age: /^\d$/ },
      body: "kept",
    },
  },
  {
    name: "a cached answer in parts",
    path: "/cache/b",
    expect: { status: 404, body: "not cached" },
  },
  {
    name: "cache.delete",
    method: "DELETE",
    path: "/cache/a",
    expect: { status: 200, body: json({ deleted: true }) },
  },
  {
    name: "cache.delete of nothing",
    method: "DELETE",
    path: "/cache/a",
    expect: { status: 200, body: json({ deleted: false }) },
  },
  { name: "what was deleted is gone", path: "/cache/a", expect: { status: 404 } },
  {
    name: "put with no-store",
    method: "PUT",
    path: "/cache/c",
    headers: { "x-cache-control": "no-store" },
    body: "x",
    expect: { status: 204 },
  },
  { name: "keeps nothing", path: "/cache/c", expect: { status: 404 } },
  {
    name: "named caches stand apart",
    method: "POST",
    path: "/cache/d",
    body: "x",
    expect: { status: 200, body: json({ named: "named", default: true }) },
  },

  // WebSocketPair; what happens after the upgrade is a scenario
  {
    name: "a request that is no upgrade",
    path: "/socket/echo",
    expect: { status: 426, body: "expected websocket" },
  },
];
