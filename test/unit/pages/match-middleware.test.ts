import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asDecodedPath } from "../../../src/http/request-target.ts";
import { buildRoutes } from "../../../src/pages/build-routes.ts";
import { createRouteTable } from "../../../src/pages/route-table.ts";

function tableOf(...lines: string[]) {
  const files = lines.map((line) => {
    const [file = "", names = "onRequest"] = line.split(": ");
    return { file, exports: names.split(", ") };
  });
  return createRouteTable(buildRoutes(files).routes);
}

/** What runs in front, outermost first, as `file:export` or only the file for onRequest. */
function chain(table: ReturnType<typeof tableOf>, pathname: string, method = "GET") {
  return table.match(method, pathname).middleware.map(({ entry }) => {
    const [reference] = entry.middleware;
    return reference?.exportName === "onRequest"
      ? reference.file
      : `${reference?.file}:${reference?.exportName}`;
  });
}

function seen(table: ReturnType<typeof tableOf>, pathname: string) {
  return table
    .match("GET", pathname)
    .middleware.map(({ params, functionPath }) => [functionPath, { ...params }]);
}

describe("which middleware runs", () => {
  const table = tableOf("_middleware.js", "a/_middleware.js", "a/b/_middleware.js", "a/b/c.js", "ab.js");

  test.each([
    ["/", ["_middleware.js"]],
    ["/a", ["_middleware.js", "a/_middleware.js"]],
    ["/a/", ["_middleware.js", "a/_middleware.js"]],
    ["/A/x.html", ["_middleware.js", "a/_middleware.js"]],
    ["/a/b/c", ["_middleware.js", "a/_middleware.js", "a/b/_middleware.js"]],
    ["/a/b/nothing/there", ["_middleware.js", "a/_middleware.js", "a/b/_middleware.js"]],
    ["/ab", ["_middleware.js"]],
    ["/x/a/b", ["_middleware.js"]],
  ])(
    "%s: all whose directory covers the path, outermost first, whether or not a handler matches",
    (pathname, files) => {
      expect(chain(table, pathname)).toEqual(files);
    },
  );

  test("the less specific of overlapping directories runs first", () => {
    const site = tableOf(
      "[org]/_middleware.js",
      "acme/_middleware.js",
      "[[all]]/_middleware.js",
      "_middleware.js",
      "[org]/[repo]/_middleware.js",
    );
    expect(chain(site, "/acme/site")).toEqual([
      "_middleware.js",
      "[[all]]/_middleware.js",
      "[org]/_middleware.js",
      "acme/_middleware.js",
      "[org]/[repo]/_middleware.js",
    ]);
    expect(seen(site, "/acme/site")).toEqual([
      ["/", {}],
      ["/acme/site", { all: ["acme", "site"] }],
      ["/acme", { org: "acme" }],
      ["/acme", {}],
      ["/acme/site", { org: "acme", repo: "site" }],
    ]);
  });

  test("a catch-all directory covers every path", () => {
    expect(chain(tableOf("[[x]]/_middleware.js"), "//a")).toEqual(["[[x]]/_middleware.js"]);
  });
});

describe("functionPath of middleware", () => {
  const table = tableOf("_middleware.js", "m/_middleware.js", "m/[org]/_middleware.js");

  test.each([
    ["/m/zed/x/", ["/", "/m", "/m/zed"]],
    ["/M/Zed", ["/", "/M", "/M/Zed"]],
    ["/m/zed/", ["/", "/m", "/m/zed/"]],
    ["/m/", ["/", "/m/"]],
    ["//m//zed/x", ["/", "//m", "//m//zed"]],
  ])("%s: the part that each directory covers, as the client sent it: %j", (pathname, paths) => {
    expect(table.match("GET", pathname).middleware.map(({ functionPath }) => functionPath)).toEqual(paths);
  });
});

describe("methods of middleware", () => {
  const table = tableOf(
    "_middleware.js: onRequest, onRequestGet, onRequestPost",
    "any.js",
    "get.js: onRequestGet",
    "head/_middleware.js: onRequestHead, onRequestGet",
    "head/get.js: onRequestGet",
  );

  test("that for every method runs before that for one, which runs for its method only", () => {
    expect(chain(table, "/any", "GET")).toEqual(["_middleware.js", "_middleware.js:onRequestGet"]);
    expect(chain(table, "/any", "POST")).toEqual(["_middleware.js", "_middleware.js:onRequestPost"]);
    expect(chain(table, "/any", "PUT")).toEqual(["_middleware.js"]);
  });

  test("HEAD is a method of its own, unless onRequestGet answers it", () => {
    expect(chain(table, "/any", "HEAD")).toEqual(["_middleware.js"]);
    expect(chain(table, "/static.txt", "HEAD")).toEqual(["_middleware.js"]);
    expect(chain(table, "/get", "HEAD")).toEqual(["_middleware.js", "_middleware.js:onRequestGet"]);
  });

  test("middleware for HEAD takes the place of that for GET in its directory", () => {
    expect(chain(table, "/head/get", "HEAD")).toEqual([
      "_middleware.js",
      "_middleware.js:onRequestGet",
      "head/_middleware.js:onRequestHead",
    ]);
  });
});

describe("spellings", () => {
  const table = tableOf(
    "admin/_middleware.js",
    "hello.js",
    "[[path]].js: onRequestPost",
    "über uns/_middleware.js",
  );

  test.each([
    "/admin",
    "/ADMIN/secret",
    "//admin/secret",
    "/admin//secret",
    "/%61dmin/secret",
    "/admi%6E/",
    "/%41dmin/secret",
    "/admin%2Fsecret",
    "/admin%2fsecret",
    "/%2Fadmin/secret",
    "/x/..%2Fadmin/secret",
    "/x%2F..%2Fadmin%2Fsecret",
    "/x/%2e%2e%2Fadmin/secret",
    "/.%2Fadmin/secret",
    "/%2F%2Fadmin",
    "/admin%5Csecret",
    "/x/..%5Cadmin/secret",
    "/%61dmin/100%",
    "/admin/..%2Fhello",
  ])("%s does not pass the guard of /admin", (pathname) => {
    expect(chain(table, pathname)).toEqual(["admin/_middleware.js"]);
  });

  test.each(["/administrator", "/%2561dmin", "/x/admin", "/adm%2Fin", "/admin.html"])(
    "%s is another path, which that guard does not cover",
    (pathname) => {
      expect(chain(table, pathname)).toEqual([]);
    },
  );

  test("names that a URL encodes are guarded in every spelling", () => {
    for (const pathname of ["/%C3%BCber%20uns/x", "/%c3%bcber%20uns", "/%C3%BC%62er%20uns/x"]) {
      expect(chain(table, pathname)).toEqual(["über uns/_middleware.js"]);
    }
  });

  test("handlers are matched on the path as it stands", () => {
    expect(table.match("GET", "/%68ello").route).toBeUndefined();
    expect(table.match("POST", "/%61dmin/x").route?.params.path).toEqual(["%61dmin", "x"]);
  });

  test("parameters come from the first spelling that is covered", () => {
    const site = tableOf("t/[name]/_middleware.js");
    expect(seen(site, "/t/a%2Fb/c")).toEqual([["/t/a%2Fb", { name: "a%2Fb" }]]);
    expect(seen(site, "/%74/a%20b/c")).toEqual([["/t/a%20b", { name: "a%20b" }]]);
    expect(seen(site, "//t/a%20b/c")).toEqual([["//t/a%20b", { name: "a%20b" }]]);
  });

  test("whatever path static files read below /admin, the guard runs", () => {
    const piece = fc.constantFrom(
      ...[
        "admin",
        "%61dmin",
        "ADMIN",
        "x",
        "..",
        ".",
        "%2e%2e",
        "%2E",
        "",
        "%2F",
        "%2f",
        "%5C",
        "%25",
        "%zz",
        "a%2Fb",
      ],
      ...["%2e%2e%2f", "%2Fadmin", "admin%2F", "..%2Fadmin", "%C3%BC", "100%"],
    );
    const joined = fc
      .array(fc.tuple(piece, fc.constantFrom("/", "/", "//", "%2F", "")), { minLength: 1, maxLength: 6 })
      .map((parts) => new URL(`http://host/${parts.flat().join("")}`).pathname);
    fc.assert(
      fc.property(joined, (pathname) => {
        const isBelow = /^\/admin(?:\/|$)/i.test(asDecodedPath(pathname));
        if (isBelow) expect(chain(table, pathname)).toEqual(["admin/_middleware.js"]);
      }),
      { numRuns: 5_000 },
    );
  });
});
