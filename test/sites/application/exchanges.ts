// What a single-page application with a few functions must answer, on every runtime: `_routes.json` decides who
// is asked, `_redirects` and `_headers` are for static files only, and unknown paths get the application.

import type { Exchange } from "../../conformance/exchange.ts";

const application = {
  status: 200,
  headers: { "content-type": /^text\/html/, etag: /^"/ },
  body: /The application/,
};
const ran = { "x-middleware": "ran" };
const past = { "x-middleware": null };

export const exchanges: Exchange[] = [
  // unknown paths
  ...["/", "/any/page", "/missing.png", "/docs/none", "/docs/readme.txt/", "/blogs", "/Index"].map(
    (path): Exchange => ({ name: `the application answers ${path}`, path, expect: application }),
  ),
  {
    name: "the application answers HEAD",
    method: "HEAD",
    path: "/any/page",
    expect: { ...application, body: "" },
  },
  { name: "POST to an unknown path", method: "POST", path: "/any/page", body: "x", expect: { status: 405 } },
  {
    name: "an error page holds below its directory only",
    path: "/blog/none/deeper",
    expect: { status: 404, headers: { "cache-control": "no-store" }, body: /No such post/ },
  },
  { name: "a page beside it", path: "/blog/first", expect: { status: 200, body: /First/ } },

  // _routes.json
  {
    name: "an included path reaches middleware and function",
    path: "/api/time",
    expect: { status: 200, headers: ran, body: "a time" },
  },
  { name: "the star's own path is included", path: "/api", expect: { ...application, headers: ran } },
  { name: "a rule without star", path: "/once", expect: { status: 200, headers: ran, body: "once" } },
  { name: "and with a slash behind", path: "/once/", expect: { status: 200, headers: ran, body: "once" } },
  { name: "whatever the query", path: "/once?x=1", expect: { status: 200, headers: ran, body: "once" } },
  {
    name: "which includes nothing",
    path: "/elsewhere?x=/api/time",
    expect: { ...application, headers: past },
  },
  { name: "nothing below it", path: "/once/more", expect: { ...application, headers: past } },
  {
    name: "a path that is not included meets no middleware",
    path: "/assets/app.js",
    expect: { status: 200, headers: past, body: "run();\n" },
  },
  {
    name: "a function that is not included is never asked",
    path: "/elsewhere",
    expect: { ...application, headers: past },
  },
  {
    name: "an excluded path goes past the functions",
    path: "/api/static/file.txt",
    expect: { status: 200, headers: past, body: "past the functions\n" },
  },
  {
    name: "rules are compared with the path as it is spelled",
    path: "/API/time",
    expect: { ...application, headers: past },
  },
  {
    name: "_routes.json is not served",
    path: "/_routes.json",
    expect: application,
  },

  // _redirects
  {
    name: "302 by default",
    path: "/old",
    expect: { status: 302, headers: { location: "/docs/readme.txt" } },
  },
  {
    name: "a redirect behind middleware",
    path: "/api/moved",
    expect: { status: 301, headers: { ...ran, location: "/docs/readme.txt" } },
  },
  {
    name: "a redirect that a function meets at the files",
    path: "/api/asked",
    expect: { status: 302, headers: { ...ran, location: "/docs/readme.txt" } },
  },
  {
    name: "no rule holds where a function answers",
    path: "/api/time",
    expect: { status: 200, headers: { ...ran, location: null }, body: "a time" },
  },
  {
    name: "a placeholder and a query",
    path: "/shop/a%20b?x=1",
    expect: { status: 302, headers: { location: "/docs/a%20b?x=1" } },
  },
  {
    name: "a splat cannot lead to another site",
    path: "/files//evil.test",
    expect: { status: 308, headers: { location: "/docs/evil.test" } },
  },
  { name: "a rewrite", path: "/shown", expect: { status: 200, body: "plain\n" } },
  {
    name: "a rewrite never reaches a function",
    path: "/to-function",
    expect: { ...application, headers: past },
  },

  // _headers
  {
    name: "rules add up for a file",
    path: "/docs/readme.txt",
    expect: { status: 200, headers: { "x-rule": "all", "access-control-allow-origin": null } },
  },
  {
    name: "rules of the source path hold for a rewrite",
    path: "/shown",
    expect: { status: 200, headers: { "x-rule": "all", "access-control-allow-origin": "*" } },
  },
  {
    name: "no rule holds for what a function answers itself",
    path: "/api/time",
    expect: { status: 200, headers: { "x-rule": null } },
  },
  {
    name: "rules hold for what a function fetches from the files",
    path: "/api/page",
    expect: { status: 200, headers: { "x-rule": "all" }, body: "plain\n" },
  },
  {
    name: "and for what comes back through next()",
    path: "/api/none",
    expect: { status: 200, headers: { ...ran, "x-rule": "all, api" }, body: /The application/ },
  },
  {
    name: "rules hold for 405 too",
    method: "DELETE",
    path: "/docs/readme.txt",
    expect: { status: 405, headers: { "x-rule": "all" } },
  },
];
