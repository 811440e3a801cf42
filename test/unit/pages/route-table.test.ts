import { describe, expect, test } from "vitest";
import { buildRoutes } from "../../../src/pages/build-routes.ts";
import { createRouteTable } from "../../../src/pages/route-table.ts";

/** A table of `file` or `file: export, export`; without exports a file has onRequest. */
function tableOf(...lines: string[]) {
  const files = lines.map((line) => {
    const [file = "", names = "onRequest"] = line.split(": ");
    return { file, exports: names.split(", ") };
  });
  const { routes, problems } = buildRoutes(files);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return createRouteTable(routes);
}

/** The file that answers, or undefined. */
function fileFor(table: ReturnType<typeof tableOf>, pathname: string, method = "GET") {
  return table.match(method, pathname).route?.entry.handlers[0]?.file;
}

/** The export that answers, as `file:export`. */
function exportFor(table: ReturnType<typeof tableOf>, method: string, pathname: string) {
  const [handler] = table.match(method, pathname).route?.entry.handlers ?? [];
  return handler && `${handler.file}:${handler.exportName}`;
}

function paramsFor(table: ReturnType<typeof tableOf>, pathname: string) {
  const params = table.match("GET", pathname).route?.params;
  return params && { ...params };
}

describe("literal paths", () => {
  const table = tableOf(
    "index.js",
    "hello.js",
    "Mixed/Case.js",
    "data.json.js",
    "c++.js",
    "par(en).js",
    "a&b.js",
    "cash$.js",
    "home~.js",
  );

  test.each([
    ["/hello", "hello.js"],
    ["/hello/", "hello.js"],
    ["/HELLO", "hello.js"],
    ["/mixed/case", "Mixed/Case.js"],
    ["/Mixed/CASE/", "Mixed/Case.js"],
    ["/data.json", "data.json.js"],
    ["/c++", "c++.js"],
    ["/par(en)", "par(en).js"],
    ["/a&b", "a&b.js"],
    ["/cash$", "cash$.js"],
    ["/home~", "home~.js"],
    ["/", "index.js"],
    ["//", "index.js"],
  ])("%s runs %s", (pathname, file) => {
    expect(fileFor(table, pathname)).toBe(file);
  });

  test.each([
    "/hello//",
    "//hello",
    "/%68ello",
    "/hello%2F",
    "/helloo",
    "/hello/x",
    "/datAxjson",
    "///",
    "/hello;v=1",
  ])("%s runs nothing", (pathname) => {
    expect(table.match("GET", pathname).route).toBeUndefined();
  });

  test("a handler gets the whole path, in the spelling of the request", () => {
    expect(table.match("GET", "/HELLO/").route).toMatchObject({ functionPath: "/HELLO/", params: {} });
  });
});

describe("names that a URL spells in another way", () => {
  const table = tableOf("sp ace.js", "ünï/x.js", "^caret.js", "100%.js", "a%20b.js", "日本-[id].js", "q?.js");
  const pathOf = (path: string) => new URL(path, "http://host").pathname;

  test.each([
    ["/sp ace", "sp ace.js"],
    ["/SP%20ACE", "sp ace.js"],
    ["/ünï/x", "ünï/x.js"],
    ["/%c3%bcn%C3%AF/x/", "ünï/x.js"],
    ["/^caret", "^caret.js"],
    ["/%5Ecaret", "^caret.js"],
    ["/100%", "100%.js"],
    ["/a%20b", "a%20b.js"],
    ["/日本-7", "日本-[id].js"],
    ["/q%3F", "q?.js"],
  ])("%s runs %s", (path, file) => {
    expect(fileFor(table, pathOf(path))).toBe(file);
  });

  test("a parser that leaves ^ alone makes no difference", () => {
    expect(fileFor(table, "/^caret")).toBe("^caret.js");
  });
});

describe("parameters", () => {
  const table = tableOf(
    "users/[id].js",
    "post-[slug].js",
    "[id].json.js",
    "range/[a]-[b].js",
    "ver/v[major].[minor].js",
    "twice/[x]/[x].js",
    "digits/[0_aZ9].js",
    "proto/[__proto__]/[constructor].js",
  );

  test.each([
    ["/users/7", { id: "7" }],
    ["/users/a%20b", { id: "a%20b" }],
    ["/users/a%2Fb", { id: "a%2Fb" }],
    ["/USERS/MiXed/", { id: "MiXed" }],
    ["/post-hello", { slug: "hello" }],
    ["/post-post-x", { slug: "post-x" }],
    ["/7.json", { id: "7" }],
    ["/a.json.json", { id: "a.json" }],
    ["/range/1-5", { a: "1", b: "5" }],
    ["/range/a-b-c", { a: "a-b", b: "c" }],
    ["/ver/v1.2", { major: "1", minor: "2" }],
    ["/ver/V1.2.3", { major: "1.2", minor: "3" }],
    ["/twice/1/2", { x: "2" }],
    ["/digits/x", { "0_aZ9": "x" }],
  ])("%s gives %j", (pathname, params) => {
    expect(paramsFor(table, pathname)).toEqual(params);
  });

  test.each([
    "/users",
    "/users/",
    "/users//",
    "/users/a/b",
    "/post-",
    "/.json",
    "/range/-5",
    "/range/5-",
    "/ver/v1",
  ])("%s gives no match: a parameter takes one or more characters of one segment", (pathname) => {
    expect(table.match("GET", pathname).route).toBeUndefined();
  });

  test("any name may be a parameter's, and nothing is inherited", () => {
    const params = table.match("GET", "/proto/a/b").route?.params ?? {};
    expect(Object.entries(params)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(table.match("GET", "/users/7").route?.params.toString).toBeUndefined();
  });

  test("each request has its own object", () => {
    const [first, second] = [table.match("GET", "/users/7"), table.match("GET", "/users/7")];
    expect(first.route?.params).not.toBe(second.route?.params);
  });
});

describe("catch-alls", () => {
  const table = tableOf(
    "files/[[path]].js",
    "any/[[x]]/edit.js",
    "suf/[[x]]suf.js",
    "two/[[a]]/[[b]].js",
    "mid/[[a]]/x/[[b]]/y.js",
    "last/[x]/[[x]].js",
  );

  test.each([
    ["/files", {}],
    ["/files/", {}],
    ["/files/a", { path: ["a"] }],
    ["/files/a/b%20c/", { path: ["a", "b%20c"] }],
    ["/any/edit", {}],
    ["/any/a/b/edit", { x: ["a", "b"] }],
    ["/any/edit/edit", { x: ["edit"] }],
    ["/suf/asuf", { x: ["a"] }],
    ["/suf/a/bsuf", { x: ["a", "b"] }],
    ["/two/a/b", { a: ["a", "b"] }],
    ["/mid/x/y", {}],
    ["/mid/x/x/x/y", { a: ["x", "x"] }],
    ["/mid/1/x/2/y", { a: ["1"], b: ["2"] }],
    ["/last/1", { x: "1" }],
    ["/last/1/2", { x: ["2"] }],
  ])("%s gives %j", (pathname, params) => {
    expect(paramsFor(table, pathname)).toEqual(params);
  });

  test.each([
    "/files//",
    "/files/a//b",
    "//files/a",
    "/filesx",
    "/suf/suf",
    "/suf",
    "/sufsuf",
    "/mid/x",
    "/any/a",
  ])("%s gives no match", (pathname) => {
    expect(table.match("GET", pathname).route).toBeUndefined();
  });

  test("a catch-all at the root takes no empty segment", () => {
    const root = tableOf("[[all]].js", "index.js");
    expect(fileFor(root, "/")).toBe("[[all]].js");
    expect(fileFor(root, "//")).toBe("index.js");
    expect(fileFor(root, "//x")).toBeUndefined();
  });

  test("many of them on a long path cost time in proportion to its length", () => {
    const many = tableOf("[[a]]/x/[[b]]/x/[[c]]/x/[[d]]/x/[[e]]/y.js", "s/[[a]]/[[b]]/[[c]]/[p]-[q].x.js");
    const start = performance.now();
    expect(fileFor(many, "/x".repeat(4_000))).toBeUndefined();
    expect(fileFor(many, `/s${"/a-b".repeat(4_000)}`)).toBeUndefined();
    expect(fileFor(many, `/s/${"-".repeat(8_000)}`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe("precedence", () => {
  test("more segments, then text, then parameters, then catch-alls", () => {
    const table = tableOf(
      "[[all]].js",
      "[one].js",
      "about.js",
      "a/[[rest]].js",
      "[u]/[v]/[w].js",
      "index.js",
    );
    expect(fileFor(table, "/about")).toBe("about.js");
    expect(fileFor(table, "/other")).toBe("[one].js");
    expect(fileFor(table, "/")).toBe("[[all]].js");
    expect(fileFor(table, "/a")).toBe("a/[[rest]].js");
    expect(fileFor(table, "/a/c")).toBe("a/[[rest]].js");
    expect(fileFor(table, "/a/c/d")).toBe("[u]/[v]/[w].js");
    expect(fileFor(table, "/x/y/z/w")).toBe("[[all]].js");
  });

  test("a parameter does not hide the index", () => {
    expect(fileFor(tableOf("[one].js", "index.js"), "/")).toBe("index.js");
  });

  test("a route whose method does not fit is skipped", () => {
    const table = tableOf("m/k.js: onRequestGet", "m/[z].js: onRequestPost", "[[all]].js");
    expect(fileFor(table, "/m/k", "GET")).toBe("m/k.js");
    expect(fileFor(table, "/m/k", "POST")).toBe("m/[z].js");
    expect(fileFor(table, "/m/k", "PUT")).toBe("[[all]].js");
  });

  test("the method takes no part before the shape", () => {
    const table = tableOf("m/k.js", "m/[z].js: onRequestGet");
    expect(fileFor(table, "/m/k")).toBe("m/k.js");
  });
});

describe("methods", () => {
  const table = tableOf(
    "mixed.js: onRequest, onRequestPost",
    "get.js: onRequestGet",
    "both.js: onRequestGet, onRequestHead",
  );

  test("an export for the method comes before onRequest, which takes every other, extensions too", () => {
    expect(exportFor(table, "POST", "/mixed")).toBe("mixed.js:onRequestPost");
    expect(exportFor(table, "GET", "/mixed")).toBe("mixed.js:onRequest");
    expect(exportFor(table, "PROPFIND", "/mixed")).toBe("mixed.js:onRequest");
    expect(exportFor(table, "PUT", "/get")).toBeUndefined();
  });

  test("HEAD is answered by onRequestGet where the route has nothing else for it", () => {
    expect(exportFor(table, "HEAD", "/get")).toBe("get.js:onRequestGet");
    expect(exportFor(table, "HEAD", "/both")).toBe("both.js:onRequestHead");
    expect(exportFor(tableOf("a.js: onRequestGet, onRequest"), "HEAD", "/a")).toBe("a.js:onRequest");
  });

  test("HEAD goes where GET goes, not to a less specific route", () => {
    const site = tableOf("api/x.js: onRequestGet", "[[all]].js");
    expect(exportFor(site, "HEAD", "/api/x")).toBe("api/x.js:onRequestGet");
    expect(exportFor(site, "HEAD", "/api/y")).toBe("[[all]].js:onRequest");
  });

  test("HEAD does not reach a POST handler", () => {
    expect(exportFor(tableOf("a.js: onRequestPost"), "HEAD", "/a")).toBeUndefined();
  });

  test.each([
    ["/get", ["GET", "HEAD"]],
    ["/both", ["GET", "HEAD"]],
    ["/mixed", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]],
    ["/none", []],
  ])("the methods of %s are %j", (pathname, methods) => {
    expect(table.allowedMethods(pathname)).toEqual(methods);
  });

  test("the methods of a path are those of all routes that match it", () => {
    const site = tableOf("a/index.js: onRequestPost", "[x].js: onRequestDelete", "a/[[r]].js: onRequestGet");
    expect(site.allowedMethods("/a/")).toEqual(["GET", "POST", "DELETE", "HEAD"]);
  });
});

describe("constrained parameters", () => {
  const table = tableOf(
    "posts/[id=int].js",
    "posts/[slug].js",
    "v[n=int].[m=int].js",
    "n/[[ids=int]].js",
    "u/[id=uuid]/x.js",
  );

  test("a value that fits goes to the constrained route, another to the plain one", () => {
    expect(fileFor(table, "/posts/42")).toBe("posts/[id=int].js");
    expect(fileFor(table, "/posts/hello")).toBe("posts/[slug].js");
  });

  test("without a plain one a value that does not fit matches nothing", () => {
    expect(fileFor(table, "/u/123e4567-e89b-12d3-a456-426614174000/x")).toBe("u/[id=uuid]/x.js");
    expect(fileFor(table, "/u/7/x")).toBeUndefined();
    expect(fileFor(table, "/v1.x")).toBeUndefined();
    expect(paramsFor(table, "/v1.2")).toEqual({ n: "1", m: "2" });
  });

  test("each segment of a constrained catch-all has to fit", () => {
    expect(paramsFor(table, "/n/1/2/3")).toEqual({ ids: ["1", "2", "3"] });
    expect(paramsFor(table, "/n")).toEqual({});
    expect(fileFor(table, "/n/1/x/3")).toBeUndefined();
  });

  test("own matchers are given to the table; without them it cannot be made", () => {
    const { routes } = buildRoutes([
      { file: "_matchers.js", exports: ["even"] },
      { file: "[id=even].js", exports: ["onRequest"] },
    ]);
    const own = createRouteTable(routes, { matchers: { even: (value) => Number(value) % 2 === 0 } });
    expect(own.match("GET", "/4").route).toBeDefined();
    expect(own.match("GET", "/5").route).toBeUndefined();
    expect(() => createRouteTable(routes)).toThrow('there is no matcher "even"');
  });
});

describe("route paths that no build makes", () => {
  const entry = (routePath: string) => ({
    routePath,
    mountPath: "/",
    method: undefined,
    middleware: [],
    handlers: [{ file: "x.js", exportName: "onRequest" }],
  });

  test.each(["/pre:x*", "/:a*:b", "/:id:nothing"])("%s is refused", (routePath) => {
    expect(() => createRouteTable([entry(routePath)])).toThrow(TypeError);
  });
});

describe("files behind a catch-all", () => {
  const table = tableOf("hello.js", "admin/[[path]].js");

  test.each(["/%61dmin/x", "/admin%2Fx", "//admin/x", "/x/..%2fadmin/x", "/%41dmin/x"])(
    "%s does not lead past it",
    (pathname) => {
      expect(table.match("GET", pathname)).toMatchObject({ route: undefined, hidesFile: true });
    },
  );

  test.each(["/admin/x", "/ADMIN/x", "/adminx", "/%61dministrator/x", "/%68ello", "//other"])(
    "%s is no way past it",
    (pathname) => {
      expect(table.match("GET", pathname).hidesFile).toBe(false);
    },
  );
});
