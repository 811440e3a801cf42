// What the static site must answer, on every runtime.

import type { Exchange } from "../../conformance/exchange.ts";

const etag = /^"[^"]+"$/;
const common = {
  "access-control-allow-origin": "*",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-content-type-options": "nosniff",
};
const fresh = { ...common, etag, "cache-control": "public, max-age=0, must-revalidate" };

const HINTS = '</assets/style.css>; rel="preload"; as=style, <https://cdn.example>; rel="preconnect"';

function file(path: string, type: string, body: string | RegExp): Exchange {
  return {
    name: `${path} with its type`,
    path,
    expect: { status: 200, headers: { ...fresh, "content-type": type }, body },
  };
}
function moved(path: string, location: string, status = 308): Exchange {
  return { name: `${path} moves to ${location}`, path, expect: { status, headers: { location } } };
}
function missing(path: string, body: RegExp): Exchange {
  return {
    name: `${path} is not there`,
    path,
    expect: { status: 404, headers: { "cache-control": "no-store", etag: null }, body },
  };
}

export const exchanges: Exchange[] = [
  file("/", "text/html; charset=utf-8", /Start/),
  {
    name: "a pretty URL with _headers",
    path: "/about?x=1",
    expect: {
      status: 200,
      headers: { "x-frame-options": "DENY", "referrer-policy": null, etag },
      body: /About/,
    },
  },
  file("/blog/", "text/html; charset=utf-8", /Blog/),
  file("/data.json", "application/json", '{"a":1}\n'),
  file("/dot.gif", "image/gif", "GIF89a"),
  file("/icon.svg", "image/svg+xml", /svg/),
  file("/LICENSE", "application/octet-stream", "no extension\n"),
  file("/.well-known/check.txt", "text/plain; charset=utf-8", "ok\n"),
  file("/empty.txt", "text/plain; charset=utf-8", ""),
  file("/sp%20ace.txt", "text/plain; charset=utf-8", "x\n"),
  file("/%C3%BCn%C3%AF.txt", "text/plain; charset=utf-8", "ü\n"),
  file("/%c3%bcn%c3%af.txt", "text/plain; charset=utf-8", "ü\n"),
  {
    name: "_headers replaces a default",
    path: "/assets/style.css",
    expect: {
      status: 200,
      headers: {
        "content-type": "text/css; charset=utf-8",
        "cache-control": "public, max-age=31536000, immutable",
        "x-asset": "yes",
      },
    },
  },
  {
    name: "scripts have the type Pages gives them",
    path: "/assets/app.js",
    expect: { status: 200, headers: { "content-type": "application/javascript", "x-asset": "yes" } },
  },
  {
    name: "a rule for a host",
    path: "/data.json",
    headers: { host: "example.test" },
    expect: { status: 200, headers: { "x-host": "yes" } },
  },
  {
    name: "whatever its port and case",
    path: "/data.json",
    headers: { host: "EXAMPLE.test:81" },
    expect: { status: 200, headers: { "x-host": "yes" } },
  },
  {
    name: "a preview is kept from search engines",
    path: "/data.json",
    headers: { host: "abc.project.pages.dev" },
    expect: { status: 200, headers: { "x-robots-tag": "noindex" } },
  },
  {
    name: "no Cache-Control where the request has Authorization",
    path: "/data.json",
    headers: { authorization: "Bearer x" },
    expect: { status: 200, headers: { "cache-control": null, etag } },
  },
  { name: "not for another host", path: "/data.json", expect: { status: 200, headers: { "x-host": null } } },
  moved("/about.html", "/about"),
  moved("/about/", "/about"),
  moved("/about/index", "/about/"),
  missing("/about/index.html", /Nothing/),
  {
    name: "a page beside a directory of its name",
    path: "/both",
    expect: { status: 200, body: "the page\n" },
  },
  { name: "and the directory", path: "/both/", expect: { status: 200, body: "the index\n" } },
  { name: "a file without extension", path: "/noext", expect: { status: 200, body: "the file\n" } },
  {
    name: "and the page whose short address it takes",
    path: "/noext.html",
    expect: { status: 200, body: "the page of that name\n" },
  },
  moved("/index", "/"),
  moved("/index.html", "/"),
  moved("/blog", "/blog/"),
  moved("/blog/index.html?q=1", "/blog/?q=1"),
  moved("/old", "/about", 301),
  moved("/old?x=1", "/about?x=1", 301),
  moved("/moved/here", "/blog/here", 302),
  moved("/away", "https://example.com/there", 307),
  moved("/long/style.css", "/assets/style.css", 302),
  {
    name: "a rewrite serves another page",
    path: "/alias",
    expect: { status: 200, headers: { "x-frame-options": null }, body: /About/ },
  },
  moved("/alias-page?x=1", "/about?x=1"),
  {
    name: "no rule makes a missing page one to be kept",
    path: "/kept/none",
    expect: { status: 404, headers: { "cache-control": "no-store", "x-kept": "yes" }, body: /Nothing/ },
  },
  {
    name: "a redirect answers POST as well",
    method: "POST",
    path: "/old",
    body: "x",
    expect: { status: 301, headers: { location: "/about" } },
  },
  missing("/none", /Nothing/),
  missing("/blog/none", /No post/),
  missing("/.env", /Nothing/),
  missing("/_headers", /Nothing/),
  missing("/_redirects", /Nothing/),
  missing("/%00", /Nothing/),
  missing("/%zz", /Nothing/),
  missing("/__proto__", /Nothing/),
  missing("/constructor", /Nothing/),
  missing("/ABOUT", /Nothing/),
  missing("/..%2f..%2fwrangler.toml", /Nothing/),
  missing("/..%5c..%5cwrangler.toml", /Nothing/),
  missing("/%252e%252e/wrangler.toml", /Nothing/),
  missing("/cdn-cgi/x", /^/),
  {
    name: "POST to a file",
    method: "POST",
    path: "/data.json",
    body: "x",
    expect: { status: 405, headers: { allow: /GET, HEAD/ }, body: "" },
  },
  { name: "DELETE of a path that is not there", method: "DELETE", path: "/none", expect: { status: 405 } },
  {
    name: "HEAD of a page",
    method: "HEAD",
    path: "/",
    expect: { status: 200, headers: { ...fresh, "content-type": "text/html; charset=utf-8" }, body: "" },
  },
  { name: "HEAD of a missing page", method: "HEAD", path: "/none", expect: { status: 404, body: "" } },
  {
    name: "If-None-Match with *",
    path: "/data.json",
    headers: { "if-none-match": "*" },
    expect: { status: 304, body: "" },
  },
  {
    name: "If-None-Match with another tag",
    path: "/data.json",
    headers: { "if-none-match": '"other"' },
    expect: { status: 200 },
  },
  {
    name: "a range",
    path: "/long.txt",
    headers: { range: "bytes=0-9" },
    expect: { status: 206, headers: { "content-range": /^bytes 0-9\/\d+$/ }, body: "line 00000" },
  },
  {
    name: "a suffix range",
    path: "/dot.gif",
    headers: { range: "bytes=-3" },
    expect: { status: 206, headers: { "content-range": "bytes 3-5/6" }, body: "89a" },
  },
  {
    name: "an open range",
    path: "/dot.gif",
    headers: { range: "bytes=4-" },
    expect: { status: 206, headers: { "content-range": "bytes 4-5/6" }, body: "9a" },
  },
  {
    name: "a range that cannot be",
    path: "/dot.gif",
    headers: { range: "bytes=10-" },
    expect: { status: 416, headers: { "content-range": "bytes */6" } },
  },
  {
    name: "a range of another unit",
    path: "/dot.gif",
    headers: { range: "lines=1-2" },
    expect: { status: 200, body: "GIF89a" },
  },
  {
    name: "If-Range with another tag",
    path: "/dot.gif",
    headers: { range: "bytes=0-1", "if-range": '"other"' },
    expect: { status: 200, body: "GIF89a" },
  },
  {
    name: "identity by default",
    path: "/long.txt",
    expect: { status: 200, headers: { "content-encoding": null }, body: /^line 00000/ },
  },
  {
    name: "gzip refused",
    path: "/long.txt",
    headers: { "accept-encoding": "gzip;q=0" },
    expect: { status: 200, headers: { "content-encoding": null } },
  },
  {
    name: "everything refused, plain bytes too: they come all the same",
    path: "/long.txt",
    headers: { "accept-encoding": "*;q=0" },
    expect: { status: 200, body: /^line 00000/ },
  },
  {
    name: "a part is not coded, whatever the client takes",
    path: "/long.txt",
    headers: { range: "bytes=0-9", "accept-encoding": "gzip, br" },
    expect: { status: 206, body: "line 00000" },
  },
  {
    name: "an answer without a body has no coding",
    path: "/long.txt",
    headers: { "if-none-match": "*", "accept-encoding": "gzip" },
    expect: { status: 304, headers: { vary: "Accept-Encoding" } },
  },
  {
    name: "a page names what it preloads",
    path: "/hints",
    expect: { status: 200, headers: { link: HINTS } },
  },
  {
    name: "HEAD of a page names it too",
    method: "HEAD",
    path: "/hints",
    expect: { status: 200, headers: { link: HINTS } },
  },
  {
    name: "who has the page has its links",
    path: "/hints",
    headers: { "if-none-match": "*" },
    expect: { status: 304, headers: { link: null } },
  },
  { name: "! Link detaches them", path: "/no-hints", expect: { status: 200, headers: { link: null } } },
];
