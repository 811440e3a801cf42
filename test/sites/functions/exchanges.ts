// What the functions site must answer, on every runtime.

import type { Exchange } from "../../conformance/exchange.ts";

const auth = { authorization: "Bearer yes" };
const json = (value: unknown) => ({ json: value });
const echo = (over: Record<string, unknown>) =>
  json({
    method: "GET",
    path: "/api/v1/echo",
    query: "",
    header: null,
    body: null,
    greeting: "hello",
    max: 3,
    params: {},
    ...over,
  });
const page = { "content-type": /^text\/html; charset=utf-8$/ };

function failing(name: string, path: string): Exchange {
  return {
    name,
    path,
    expect: {
      status: 500,
      headers: { "content-type": /^text\/plain/, "cache-control": "no-store", "x-request-id": /^[\w-]{8,}$/ },
      body: /^Internal Server Error\nRequest [\w-]{8,}\n$/,
    },
  };
}

/** Everything that is made of an incoming request stays one that follows no redirects (Workers docs, "Request"). */
function copies(sent: string, hasBody: boolean, assets: number) {
  return json({
    request: "manual",
    copy: "manual",
    changed: "manual",
    clone: "manual",
    "clone of a clone": "manual",
    other: "follow",
    elsewhere: "follow",
    isRequest: true,
    hasBody,
    own: [null, "1"],
    assets,
    "fetch of a copy": sent,
    "fetch of an address with the request": sent,
    "fetch with a stream": "POST streamed",
    "fetch of the request": sent,
  });
}

export const exchanges: Exchange[] = [
  // the incoming request
  {
    name: "a request is copied and sent",
    path: "/api/copies",
    expect: { status: 200, body: copies("GET ", false, 308) },
  },
  {
    name: "a request with a body is copied and sent",
    method: "POST",
    path: "/api/copies",
    body: "ü, once",
    expect: { status: 200, body: copies("POST ü, once", true, 405) },
  },
  ...["its length", "chunks"].map((framing) => ({
    name: `a body with ${framing} is given up by the function`,
    method: "POST",
    path: "/api/cancel",
    body: "x".repeat(100_000),
    ...(framing === "chunks" && { headers: { "transfer-encoding": "chunked" } }),
    expect: { status: 200, body: "cancelled" },
  })),
  {
    name: "and the site goes on",
    path: "/api/copies",
    expect: { status: 200, body: copies("GET ", false, 308) },
  },
  {
    name: "a request with an empty body",
    method: "PUT",
    path: "/api/copies",
    body: "",
    expect: { status: 200, body: copies("PUT ", true, 405) },
  },
  // routing
  { name: "the static index", path: "/", expect: { status: 200, headers: page, body: /Home/ } },
  {
    name: "another method on the same path",
    method: "POST",
    path: "/",
    expect: { status: 200, body: "posted to the root" },
  },
  {
    name: "a static route",
    path: "/hello",
    expect: { status: 200, headers: { "content-type": /^text\/plain;\s?charset=utf-8$/i }, body: "hello" },
  },
  { name: "a trailing slash", path: "/hello/", expect: { status: 200, body: "hello" } },
  { name: "two trailing slashes match nothing", path: "/hello//", expect: { status: 404 } },
  {
    name: "two slashes are the root",
    method: "POST",
    path: "//",
    expect: { status: 200, body: "posted to the root" },
  },
  { name: "three are nothing", method: "POST", path: "///", expect: { status: 405 } },
  { name: "another case", path: "/HELLO", expect: { status: 200, body: "hello" } },
  { name: "an escaped letter is no spelling of a function", path: "/%68ello", expect: { status: 404 } },
  {
    name: "HEAD is answered by onRequestGet",
    method: "HEAD",
    path: "/hello",
    expect: { status: 200, headers: { "content-type": /^text\/plain/ }, body: "" },
  },
  {
    name: "POST to its own export",
    method: "POST",
    path: "/hello",
    body: "data",
    expect: { status: 201, body: "got data" },
  },
  {
    name: "PUT has no handler and no file",
    method: "PUT",
    path: "/hello",
    body: "x",
    expect: { status: 405, headers: { allow: "GET, HEAD, POST" } },
  },
  { name: "a query does not take part", path: "/hello?x=/users/1", expect: { status: 200, body: "hello" } },
  {
    name: "a parameter",
    path: "/users/7",
    expect: { status: 200, body: json({ params: { id: "7" }, functionPath: "/users/7" }) },
  },
  {
    name: "a parameter with escapes stays as it was sent",
    path: "/users/a%20b",
    expect: { status: 200, body: json({ params: { id: "a%20b" }, functionPath: "/users/a%20b" }) },
  },
  {
    name: "an escaped slash does not end a parameter",
    path: "/users/a%2Fb",
    expect: { status: 200, body: json({ params: { id: "a%2Fb" }, functionPath: "/users/a%2Fb" }) },
  },
  {
    name: "a parameter with a trailing slash",
    path: "/users/7/",
    expect: { status: 200, body: json({ params: { id: "7" }, functionPath: "/users/7/" }) },
  },
  {
    name: "a static name before a parameter",
    path: "/users/me",
    expect: { status: 200, body: json({ me: true, method: "GET" }) },
  },
  {
    name: "behind the best route are the files, never a route that is less specific",
    path: "/users/aside",
    expect: { status: 404, body: /Not here/ },
  },
  {
    name: "middleware has the parameters and the path of its own directory",
    path: "/org/Ac%20me/7/",
    expect: {
      status: 200,
      body: json({
        outer: { params: { name: "Ac%20me" }, functionPath: "/org/Ac%20me" },
        inner: { params: { name: "Ac%20me", id: "7" }, functionPath: "/org/Ac%20me/7/" },
      }),
    },
  },
  {
    name: "DELETE on the parameter route",
    method: "DELETE",
    path: "/users/9",
    expect: { status: 204, headers: { "x-deleted": "9" }, body: "" },
  },
  {
    name: "an index with a query",
    path: "/users?a=1&a=2&b=%20",
    expect: {
      status: 200,
      body: json({
        list: [
          ["a", "1"],
          ["a", "2"],
          ["b", " "],
        ],
      }),
    },
  },
  {
    name: "a catch-all with nothing",
    path: "/files",
    expect: { status: 200, body: json({ path: null, functionPath: "/files" }) },
  },
  {
    name: "a catch-all with one segment",
    path: "/files/a",
    expect: { status: 200, body: json({ path: ["a"], functionPath: "/files/a" }) },
  },
  {
    name: "a catch-all with several",
    path: "/files/a/B%20c/d.txt",
    expect: {
      status: 200,
      body: json({ path: ["a", "B%20c", "d.txt"], functionPath: "/files/a/B%20c/d.txt" }),
    },
  },
  {
    name: "a catch-all hides the file that lies below it",
    path: "/files/hidden.txt",
    expect: { status: 200, body: json({ path: ["hidden.txt"], functionPath: "/files/hidden.txt" }) },
  },
  ...["/%66iles/hidden.txt", "/files%2Fhidden.txt", "//files/hidden.txt", "/x/..%2Ffiles/hidden.txt"].map(
    (path): Exchange => ({
      name: `no spelling leads past it to the file: ${path}`,
      path,
      expect: { status: 404, body: /Not here/ },
    }),
  ),
  { name: "an empty segment breaks a catch-all", path: "/files/a//b", expect: { status: 404 } },
  {
    name: "dot segments are resolved first",
    path: "/users/../hello",
    expect: { status: 200, body: "hello" },
  },
  { name: "escaped dot segments too", path: "/users/%2e%2e/hello", expect: { status: 200, body: "hello" } },
  {
    name: "a file name with a space is reachable",
    path: "/sp%20ace",
    expect: { status: 200, body: "a name with a space" },
  },
  {
    name: "a file name beyond ASCII is reachable",
    path: "/%C3%BCn%C3%AF",
    expect: { status: 200, body: "a name beyond ASCII" },
  },
  {
    name: "the same in lower-case hex",
    path: "/%c3%bcn%c3%af",
    expect: { status: 200, body: "a name beyond ASCII" },
  },
  { name: "node: modules with nodejs_compat", path: "/node-path", expect: { status: 200, body: "/b" } },
  {
    name: "a path without anything",
    path: "/nothing/here",
    expect: { status: 404, headers: { ...page, "cache-control": "no-store" }, body: /Not here/ },
  },
  {
    name: "POST to a path without anything",
    method: "POST",
    path: "/nothing",
    body: "x",
    expect: { status: 405 },
  },
  { name: "OPTIONS without a handler", method: "OPTIONS", path: "/nothing", expect: { status: 405 } },

  // middleware and guards
  { name: "a guard denies", path: "/guarded/deep/answer", expect: { status: 403, body: "denied" } },
  {
    name: "a guard lets through",
    path: "/guarded/deep/answer",
    headers: auth,
    expect: { status: 200, headers: { "x-guard": "passed" }, body: "42" },
  },
  {
    name: "a guard stands before static files",
    path: "/guarded/file.txt",
    expect: { status: 403, body: "denied" },
  },
  {
    name: "a guarded file with the key",
    path: "/guarded/file.txt",
    headers: auth,
    expect: { status: 200, headers: { "x-guard": "passed" }, body: "guarded text\n" },
  },
  {
    name: "a guarded page",
    path: "/guarded/page",
    headers: auth,
    expect: { status: 200, headers: { "x-guard": "passed" }, body: /secret/ },
  },
  {
    name: "a guarded redirect",
    path: "/guarded/page.html",
    headers: auth,
    expect: { status: 308, headers: { location: "/guarded/page", "x-guard": "passed" } },
  },
  { name: "a guard stands before what does not exist", path: "/guarded/none", expect: { status: 403 } },
  ...[
    "/%67uarded/file.txt",
    "/guarded%2Ffile.txt",
    "//guarded/file.txt",
    "/guarded//file.txt",
    "/./guarded/file.txt",
    "/x/../guarded/file.txt",
    "/GUARDED/file.txt",
    "/%2Fguarded/file.txt",
    "/x/..%2Fguarded/file.txt",
    "/guarde%64/page",
  ].map(
    (path): Exchange => ({
      name: `no spelling passes the guard: ${path}`,
      path,
      expect: { status: 403, body: "denied" },
    }),
  ),
  { name: "no guard by prefix of a name", path: "/guardedx", expect: { status: 404 } },
  {
    name: "HEAD meets the guard",
    method: "HEAD",
    path: "/guarded/file.txt",
    expect: { status: 403, body: "" },
  },
  {
    name: "an array of middleware and data",
    path: "/api/v1/echo?q=1",
    headers: { "x-test": "t" },
    expect: {
      status: 200,
      headers: { "x-trail": "first,second,handler" },
      body: echo({ query: "?q=1", header: "t" }),
    },
  },
  {
    name: "method-specific middleware runs for its method",
    method: "POST",
    path: "/api/v1/echo",
    body: "sent",
    expect: {
      status: 200,
      headers: { "x-trail": "first,second,post-only,handler" },
      body: echo({ method: "POST", body: "sent" }),
    },
  },
  ...["PUT", "PATCH", "DELETE"].map(
    (method): Exchange => ({
      name: `${method} with a body`,
      method,
      path: "/api/v1/echo",
      body: `${method} body`,
      expect: { status: 200, body: echo({ method, body: `${method} body` }) },
    }),
  ),
  {
    name: "middleware in front of a 404",
    path: "/api/none",
    expect: { status: 404, headers: { "x-trail": "first,second" } },
  },
  {
    name: "middleware in front of a 405",
    method: "POST",
    path: "/api/none",
    body: "x",
    expect: { status: 405, headers: { "x-trail": "first,second", allow: "GET, HEAD" } },
  },
  {
    name: "next() with a path gives that page",
    path: "/api/replaced",
    expect: { status: 200, headers: { ...page, "x-trail": "first,second" }, body: "<p>doc</p>\n" },
  },
  {
    name: "next() with a request replaces it",
    path: "/api/rewritten",
    expect: {
      status: 200,
      body: json({
        method: "PUT",
        url: "/api/other?x=1",
        header: "rewritten",
        body: "new body",
        functionPath: "/api/rewritten",
      }),
    },
  },
  {
    name: "the address is spelled as the client spelled it",
    path: "/DATA/Address/?B=1&a=%20b&a=%C3%BC&",
    expect: { status: 200, body: "/DATA/Address/?B=1&a=%20b&a=%C3%BC&" },
  },
  {
    name: "each function may read the body",
    method: "POST",
    path: "/data/own-copy",
    body: "twice",
    expect: { status: 200, body: "twice|twice" },
  },
  {
    name: "the context object",
    path: "/data/context",
    expect: {
      status: 200,
      body: json({
        keys: [
          "data",
          "env",
          "functionPath",
          "next",
          "params",
          "passThroughOnException",
          "request",
          "waitUntil",
        ],
        data: { replaced: true },
        error: "context.data must be an object",
        env: ["ASSETS", "GREETING", "LIMITS"],
      }),
    },
  },
  {
    name: "what Pages tells of the deployment",
    path: "/data/deployment",
    expect: {
      status: 200,
      body: json({
        CF_PAGES: "1",
        CF_PAGES_BRANCH: "main",
        CF_PAGES_COMMIT_SHA: "0000000000000000000000000000000000000000",
        CF_PAGES_URL: "this server",
      }),
    },
  },
  {
    name: "env.ASSETS",
    path: "/data/assets",
    expect: {
      status: 200,
      body: json({
        status: 200,
        text: "<p>doc</p>\n",
        manual: 308,
        missing: 404,
        posted: 405,
        relative: "TypeError",
      }),
    },
  },

  // next() and env.ASSETS, by their arguments
  ...Object.entries({
    path: {},
    "path-with-query": {},
    relative: {},
    address: { hostRule: "other" },
    url: {},
    request: {},
    followed: {},
    "not-followed": { status: 308, location: "/docs/intro", type: null, text: "" },
    posted: { status: 405, type: null, text: "" },
    asked: { text: "" },
    missing: { status: 404, text: "<!doctype html><title>Not here</title>\n" },
    undefined: { status: 404, text: "<!doctype html><title>Not here</title>\n" },
    "assets-host": { hostRule: "other", from: "/docs/intro" },
    "assets-followed": { from: "/docs/intro", redirected: true },
    "assets-not-followed": {
      status: 308,
      location: "/docs/intro",
      type: null,
      from: "/docs/intro.html",
      text: "",
    },
    "assets-request": {
      status: 404,
      from: "/next/assets-request",
      text: "<!doctype html><title>Not here</title>\n",
    },
  }).map(
    ([name, over]): Exchange => ({
      name: `what comes back: ${name}`,
      path: `/next/${name}`,
      expect: {
        status: 200,
        body: json({
          status: 200,
          location: null,
          type: "text/html",
          hostRule: null,
          from: "/none",
          redirected: false,
          text: "<p>doc</p>\n",
          ...over,
        }),
      },
    }),
  ),
  ...Object.entries({
    nothing: { method: "POST", path: "/chain/7?by=nothing", sent: "yes", body: "sent" },
    path: { path: "/other?y=1" },
    "path-and-init": { method: "POST", own: "set", body: "new" },
    url: { method: "DELETE", body: "" },
    request: { method: "PUT", own: "set", body: "new" },
    "request-and-init": { method: "POST", path: "/chain/7?by=request-and-init", own: "set", body: "sent" },
    assigned: { method: "POST", path: "/chain/7?by=assigned", sent: "yes", body: "sent" },
  }).map(
    ([name, over]): Exchange => ({
      name: `what later functions see after next(): ${name}`,
      method: "POST",
      path: `/chain/7?by=${name}`,
      headers: { "x-sent": "yes" },
      body: "sent",
      expect: {
        status: 200,
        body: json({
          method: "GET",
          path: "/other",
          own: null,
          sent: null,
          body: null,
          params: { id: "7" },
          functionPath: "/chain/7",
          ...over,
        }),
      },
    }),
  ),
  { name: "data may be a list", path: "/kinds/see?of=list", expect: { status: 200, body: json([1]) } },
  { name: "data may be a table", path: "/kinds/see?of=table", expect: { status: 200, body: json({ a: 1 }) } },
  ...["text", "null", "number", "function", "nothing"].map(
    (kind): Exchange => ({
      name: `data is no ${kind}`,
      path: `/kinds/see?of=${kind}`,
      expect: { status: 400, body: "context.data must be an object" },
    }),
  ),

  // arrays
  {
    name: "an array without functions is the match all the same, and ends at the files",
    path: "/arrays/empty",
    expect: { status: 200, headers: page, body: "<p>static</p>\n" },
  },
  failing("an array within an array is no function", "/arrays/nested"),
  failing("text is no function", "/arrays/text"),

  // passThroughOnException
  ...["outer", "inner", "outer&text", "outer&fail-first"].map(
    (query): Exchange => ({
      name: `passThroughOnException: the page of the same path for ?${query}`,
      path: `/pass/page?${query}`,
      expect: { status: 200, headers: page, body: "<p>the static page</p>\n" },
    }),
  ),
  {
    name: "passThroughOnException: the page to which next() led",
    path: "/pass/page?outer&replaced",
    expect: { status: 200, headers: page, body: "<p>doc</p>\n" },
  },
  {
    name: "passThroughOnException asks the files with the method of the request",
    method: "POST",
    path: "/pass/page?outer",
    body: "x",
    expect: { status: 405 },
  },
  failing("an exception that nobody lets through", "/pass/page"),
  failing("an exception before anybody asked", "/pass/page?fail-first&inner"),

  // headers and statuses
  {
    name: "several Set-Cookie stay apart",
    path: "/multi/cookies",
    expect: {
      status: 200,
      headers: {
        "set-cookie": "a=1; Path=/; HttpOnly, b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT, c=3",
        "x-list": "one, two",
      },
      body: "cookies",
    },
  },
  {
    name: "HEAD keeps them",
    method: "HEAD",
    path: "/multi/cookies",
    expect: { status: 200, headers: { "set-cookie": /a=1.*b=2.*c=3/ }, body: "" },
  },
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT"].map(
    (method): Exchange => ({
      name: `method ${method}`,
      method,
      path: "/multi/methods",
      expect: { status: 200, headers: { "x-method": method }, body: "" },
    }),
  ),
  ...[
    200, 201, 202, 203, 204, 205, 206, 300, 304, 400, 401, 402, 404, 409, 410, 418, 422, 429, 451, 500, 501,
    502, 503, 599,
  ].map(
    (code): Exchange => ({
      name: `status ${code} is passed on`,
      path: `/multi/status?code=${code}`,
      expect: { status: code, body: [204, 205, 304].includes(code) ? "" : `status ${code}` },
    }),
  ),
  { name: "a status that is none", path: "/multi/status?code=99", expect: { status: 500 } },
  {
    name: "Response.redirect",
    path: "/multi/redirect",
    expect: { status: 303, headers: { location: /^http:\/\/[^/]+\/hello$/ }, body: "" },
  },
  {
    name: "request headers",
    path: "/multi/headers",
    headers: { accept: "text/plain", cookie: "a=1; b=2", "x-multi": ["one", "two"], "content-type": "x/y" },
    expect: {
      status: 200,
      body: json({
        accept: "text/plain",
        cookie: "a=1; b=2",
        multi: "one, two",
        type: "x/y",
        latin: null,
        client: "127.0.0.1",
        host: "127.0.0.1:port",
      }),
    },
  },
  {
    name: "a posted form",
    method: "POST",
    path: "/multi/form",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "a=1&b=two+words&c=%C3%BC",
    expect: { status: 200, body: json({ a: "1", b: "two words", c: "ü" }) },
  },
  {
    name: "a multipart form with a file",
    method: "POST",
    path: "/multi/form",
    headers: { "content-type": "multipart/form-data; boundary=XX" },
    body: '--XX\r\nContent-Disposition: form-data; name="t"\r\n\r\ntext\r\n--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x00\x01\x02\r\n--XX--\r\n',
    expect: {
      status: 200,
      body: json({ t: "text", f: { name: "a.png", type: "image/png", size: 3 } }),
    },
  },

  // bodies
  {
    name: "binary answer",
    path: "/stream/binary",
    expect: {
      status: 200,
      headers: { "content-type": "application/octet-stream" },
      body: Uint8Array.from({ length: 256 }, (_, index) => index),
    },
  },
  {
    name: "binary in both directions",
    method: "POST",
    path: "/stream/binary",
    body: Uint8Array.from([0, 255, 13, 10, 128]),
    expect: { status: 200, body: Uint8Array.from([128, 10, 13, 255, 0]) },
  },
  {
    name: "an empty body",
    method: "POST",
    path: "/stream/binary",
    body: "",
    expect: { status: 200, body: "" },
  },
  {
    name: "a streamed upload is streamed back",
    method: "POST",
    path: "/stream/upper",
    body: "shout",
    expect: { status: 200, body: "SHOUT" },
  },
  {
    name: "server-sent events",
    path: "/stream/count",
    expect: {
      status: 200,
      headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
      body: "data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n",
    },
  },

  // failures
  failing("a handler that throws", "/errors/throws"),
  failing("a handler that throws a string", "/errors/string"),
  failing("a handler that throws null", "/errors/null"),
  failing("a handler that throws a Response", "/errors/response"),
  failing("a handler that rejects", "/errors/rejects"),
  failing("a handler that returns undefined", "/errors/undefined"),
  failing("a handler that returns text", "/errors/text"),
  failing("a handler that returns Response.error()", "/errors/network"),
  failing("a handler that redirects to a relative address", "/errors/relative"),
  failing("a handler that throws after next()", "/errors/after-next"),
  failing("a control character in a field", "/errors/control-field"),
  failing("a control character in a field of a stream", "/errors/control-field-stream"),
  {
    name: "fields of the connection are the server's",
    path: "/data/connection-fields",
    expect: {
      status: 200,
      headers: { upgrade: null, te: null, "x-kept": "yes" },
      body: "text",
    },
  },
  { name: "the process goes on after an exception", path: "/hello", expect: { status: 200, body: "hello" } },
  {
    name: "passThroughOnException asks the static files",
    path: "/plain.txt",
    expect: { status: 200, body: "plain\n" },
  },
  {
    name: "background work that fails disturbs nothing",
    path: "/errors/background",
    expect: { status: 200, body: "answered" },
  },

  // the trace that a request is part of
  {
    name: "a function sees the trace of its request, and what vendors wrote of it",
    path: "/multi/trace",
    headers: {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "vendor=1",
    },
    expect: {
      status: 200,
      body: json({ parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", state: "vendor=1" }),
    },
  },
  {
    name: "what is no traceparent is taken away with its tracestate",
    path: "/multi/trace",
    headers: {
      traceparent: "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      tracestate: "vendor=1",
    },
    expect: { status: 200, body: json({ parent: null, state: null }) },
  },
  {
    name: "nobody makes a trace up",
    path: "/multi/trace",
    expect: { status: 200, body: json({ parent: null, state: null }) },
  },

  // applications with fetch
  {
    name: "a Hono app sees the full path",
    path: "/apps/hono/Ada",
    expect: { status: 200, body: json({ name: "Ada", greeting: "hello" }) },
  },
  {
    name: "a Hono app reads the body",
    method: "POST",
    path: "/apps/hono",
    body: "x",
    expect: { status: 200, body: "posted x" },
  },
  { name: "a Hono app's own 404", path: "/apps/none", expect: { status: 404, body: "404 Not Found" } },
];
