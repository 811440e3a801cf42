// What a site with plugins and mounted directories must answer, on every runtime.

import type { Exchange } from "../../conformance/exchange.ts";

const json = (value: unknown) => ({ json: value });

export const exchanges: Exchange[] = [
  // plugins
  {
    name: "a plugin answers below the directory whose middleware it is",
    path: "/shop/price",
    expect: { status: 200, body: json({ currency: "EUR", functionPath: "/shop", trail: ["EUR"] }) },
  },
  {
    name: "functionPath is spelled as the request spells it",
    path: "/SHOP/price",
    expect: { status: 200, body: json({ currency: "EUR", functionPath: "/SHOP", trail: ["EUR"] }) },
  },
  {
    name: "what it passes on reaches the site's own functions, data included",
    path: "/shop/own",
    expect: { status: 200, body: json({ own: true, trail: ["EUR"] }) },
  },
  {
    name: "and the static files",
    path: "/shop/file.txt",
    expect: { status: 200, body: "below the plugin\n" },
  },
  { name: "and their 404", path: "/shop/none", expect: { status: 404, body: /No page/ } },
  {
    name: "it may pass on another path",
    path: "/shop/rewrite",
    expect: { status: 200, body: "below the plugin\n" },
  },
  {
    name: "an exception in it is the site's",
    path: "/shop/fails",
    expect: { status: 500, body: /^Internal Server Error\nRequest [\w-]+\n$/ },
  },
  {
    name: "plugins in an array form a chain",
    path: "/stack/other",
    expect: { status: 404, body: /No page/ },
  },
  {
    name: "of which the first that answers ends it",
    path: "/stack/price",
    expect: { status: 200, body: json({ currency: "EUR", functionPath: "/stack", trail: ["EUR"] }) },
  },
  {
    name: "a function in front catches what a plugin throws",
    path: "/stack/fails",
    expect: { status: 502, body: "caught in the plugin" },
  },
  {
    name: "in a catch-all the whole path is the mount",
    path: "/listed/price",
    expect: { status: 200, body: json({ functionPath: "/listed/price", params: { path: ["price"] } }) },
  },

  // assets:DIR
  {
    name: "a mounted directory's index",
    path: "/gallery/",
    expect: { status: 200, headers: { "content-type": /^text\/html/ }, body: "<h1>Gallery</h1>\n" },
  },
  { name: "also without the slash", path: "/gallery", expect: { status: 200, body: "<h1>Gallery</h1>\n" } },
  {
    name: "a mounted file with its tag and type",
    path: "/gallery/a.txt",
    expect: { status: 200, headers: { "content-type": /^text\/plain/, etag: /^"/ }, body: "a picture\n" },
  },
  {
    name: "a mounted file on condition",
    path: "/gallery/a.txt",
    headers: { "if-none-match": "*" },
    expect: { status: 304, body: "" },
  },
  {
    name: "a pretty address in a mounted directory",
    path: "/gallery/sub/page",
    expect: { status: 200, body: "<p>sub</p>\n" },
  },
  {
    name: "redirects in a mounted directory stay there",
    path: "/gallery/sub/page.html?x=1",
    expect: { status: 308, headers: { location: "/gallery/sub/page?x=1" } },
  },
  {
    name: "its index too",
    path: "/gallery/index.html",
    expect: { status: 308, headers: { location: "/gallery/" } },
  },
  {
    name: "HEAD of a mounted file",
    method: "HEAD",
    path: "/gallery/a.txt",
    expect: { status: 200, body: "" },
  },
  {
    name: "POST to a mounted file",
    method: "POST",
    path: "/gallery/a.txt",
    body: "x",
    expect: { status: 405 },
  },
  {
    name: "a mounted directory below a parameter",
    path: "/tenants/acme/a.txt",
    expect: { status: 200, body: "a picture\n" },
  },
  { name: "the site's error page", path: "/gallery/none", expect: { status: 404, body: /No page/ } },
  { name: "no mount by prefix of a name", path: "/galleryx", expect: { status: 404, body: /No page/ } },
  {
    name: "where the files lie inside the site is nobody's address",
    path: "/cdn-cgi/pages-plugins/",
    expect: { status: 404 },
  },
];
