// What a Worker with static assets must answer, on every runtime: Workers' rules instead of those of Pages.

import type { Exchange } from "../../conformance/exchange.ts";

const page = { "content-type": /^text\/html;\s?charset=utf-8$/ };
const defaults = {
  etag: /^"[^"]+"$/,
  "cache-control": "public, max-age=0, must-revalidate",
  "access-control-allow-origin": null,
  "referrer-policy": null,
  "x-content-type-options": null,
};

function file(path: string, body: string | RegExp): Exchange {
  return {
    name: `a file: ${path}`,
    path,
    expect: { status: 200, headers: { ...defaults, ...page }, body },
  };
}
function moved(path: string, location: string): Exchange {
  return { name: `${path} moves to ${location}`, path, expect: { status: 307, headers: { location } } };
}
function missing(path: string, body: RegExp = /Nowhere/): Exchange {
  return { name: `not there: ${path}`, path, expect: { status: 404, headers: page, body } };
}
function worker(name: string, path: string, method = "GET", headers: Record<string, string> = {}): Exchange {
  const body = { json: { worker: path.replace(/\?.*/, ""), method } };
  return { name, path, method, headers, expect: { status: 200, body } };
}

export const exchanges: Exchange[] = [
  // html_handling: auto-trailing-slash
  file("/", /Home/),
  file("/file", /File/),
  file("/folder/", /Folder/),
  file("/both", /the page/),
  file("/both/", /the directory/),
  moved("/index.html", "/"),
  moved("/index", "/"),
  moved("/file.html", "/file"),
  moved("/file/", "/file"),
  moved("/file/index", "/file"),
  moved("/file/index.html?x=1", "/file?x=1"),
  moved("/folder", "/folder/"),
  moved("/folder/index.html", "/folder/"),
  moved("/folder.html", "/folder/"),
  moved("/both.html", "/both"),
  moved("/both/index.html", "/both/"),

  // other spellings
  moved("/%66ile", "/file"),
  moved("//file", "/file"),
  moved("/folder//", "/folder/"),
  moved("/docs%2Fintro", "/docs/intro"),
  { name: "an encoded space", path: "/a%20b.txt", expect: { status: 200, body: "x\n" } },

  // files
  {
    name: "a script's type",
    path: "/app.js",
    expect: { status: 200, headers: { ...defaults, "content-type": /^text\/javascript;\s?charset=utf-8$/ } },
  },
  {
    name: "an unknown extension has no type",
    path: "/data.zzz",
    expect: { status: 200, headers: { "content-type": null }, body: "unknown\n" },
  },
  {
    name: "_headers",
    path: "/file",
    expect: { status: 200, headers: { "x-rule": "file" } },
  },
  {
    name: "HEAD of a file",
    method: "HEAD",
    path: "/file",
    expect: { status: 200, headers: { ...defaults, ...page }, body: "" },
  },
  {
    name: "POST to a file never reaches the Worker",
    method: "POST",
    path: "/file",
    body: "x",
    expect: { status: 405 },
  },
  { name: "a redirect rule", path: "/old", expect: { status: 301, headers: { location: "/file" } } },
  { name: "a rewrite", path: "/alias", expect: { status: 200, body: "<p>Intro</p>\n" } },

  // .assetsignore, and what is never served
  missing("/private/key.txt"),
  missing("/notes.draft"),
  { name: "what .assetsignore takes back", path: "/kept.draft", expect: { status: 200, body: "kept\n" } },
  missing("/.assetsignore"),
  missing("/_headers"),
  missing("/_redirects"),

  // not_found_handling: 404-page
  {
    name: "a missing path gets the error page, which may be validated",
    path: "/none",
    expect: {
      status: 404,
      headers: { ...page, etag: /^"/, "cache-control": "max-age=5" },
      body: /Nowhere/,
    },
  },
  missing("/docs/none", /No such document/),
  {
    name: "POST to a missing path meets the error page, which takes no POST",
    method: "POST",
    path: "/none",
    body: "x",
    expect: { status: 405 },
  },

  // run_worker_first
  worker("a pattern sends to the Worker, which is a class", "/api/users?q=1"),
  worker("also where a file lies", "/api/plain.txt"),
  worker("also other methods", "/api/users", "DELETE"),
  worker("also navigations", "/api/users", "GET", { "sec-fetch-mode": "navigate" }),
  worker("a pattern without wildcard", "/exact"),
  worker("a wildcard within a segment", "/dynamic-page"),
  missing("/exact/"),
  missing("/api"),
  {
    name: "a negative pattern sends to the files",
    path: "/api/static/data.txt",
    expect: { status: 200, body: "static answer\n" },
  },
  missing("/api/static/none"),
  {
    name: "the Worker asks for files by its binding, which follows redirects",
    path: "/api/file",
    expect: { status: 200, headers: page, body: /Folder/ },
  },
  {
    name: "unless it says not to",
    path: "/api/redirect",
    expect: { status: 307, headers: { location: "/folder/" } },
  },
  {
    name: "env has the binding under its name, and nothing of Pages",
    path: "/api/env",
    expect: { status: 200, body: { json: ["FILES"] } },
  },
];
