// What a site in advanced mode must answer, on every runtime.

import type { Exchange } from "../../conformance/exchange.ts";

export const exchanges: Exchange[] = [
  { name: "the worker answers", path: "/greet", expect: { status: 200, body: "hello from worker" } },
  { name: "a module loaded on demand", path: "/lazy", expect: { status: 200, body: "loaded later" } },
  { name: "waitUntil", path: "/wait", expect: { status: 200, body: "waited" } },
  {
    name: "static files through env.ASSETS",
    path: "/file.txt",
    expect: { status: 200, headers: { "x-worker": "seen" }, body: "a file\n" },
  },
  {
    name: "the index through env.ASSETS",
    path: "/",
    expect: { status: 200, headers: { "x-worker": "seen" }, body: /Home of the worker/ },
  },
  {
    name: "a missing page through env.ASSETS",
    path: "/none",
    expect: { status: 404, headers: { "x-worker": "seen" }, body: /nf/ },
  },
  {
    name: "a pretty-URL redirect is passed on",
    path: "/index.html",
    expect: { status: 308, headers: { location: "/", "x-worker": "seen" } },
  },
  {
    name: "what _routes.json excludes goes past the worker",
    path: "/direct/x.txt",
    expect: { status: 200, headers: { "x-worker": null }, body: "direct\n" },
  },
  {
    name: "the worker's source is not served",
    path: "/_worker.js/index.js",
    expect: { status: 404, body: /nf/ },
  },
  { name: "nor are its modules", path: "/_worker.js/lib/greet.js", expect: { status: 404, body: /nf/ } },
  {
    name: "functions/ has no part",
    path: "/greet/",
    expect: { status: 404, headers: { "x-worker": "seen" } },
  },
  {
    name: "passThroughOnException has no effect",
    path: "/pass",
    expect: { status: 500, body: /^Internal Server Error\nRequest [\w-]+\n$/ },
  },
  {
    name: "an exception in the worker",
    path: "/throw",
    expect: { status: 500, body: /^Internal Server Error\nRequest [\w-]+\n$/ },
  },
];
