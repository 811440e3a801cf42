import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asDecodedPath, decodePath, parseRequestTarget } from "../../../src/http/request-target.ts";

describe("parseRequestTarget", () => {
  test.each<[string, string, string]>([
    ["/", "/", ""],
    ["/a/b?x=1", "/a/b", "?x=1"],
    ["/a?", "/a", ""],
    ["/a/../b", "/b", ""],
    ["/a/%2e%2E/b", "/b", ""],
    ["/../../etc/passwd", "/etc/passwd", ""],
    ["/a/./b/.", "/a/b/", ""],
    ["//evil.example/x", "//evil.example/x", ""],
    ["/a%2Fb", "/a%2Fb", ""],
    ["/.well-known/x", "/.well-known/x", ""],
    ["/[id]", "/[id]", ""],
    ["/100%.txt", "/100%.txt", ""],
    ["/\xc3\xbc", "/%C3%BC", ""],
    ["/a?b?c/../d", "/a", "?b?c/../d"],
  ])("reads %s", (target, pathname, search) => {
    expect(parseRequestTarget(target)).toEqual({ pathname, search: search, host: undefined });
  });

  test("takes host and path from the absolute form", () => {
    expect(parseRequestTarget("HTTP://Example.com:81/a?b")).toEqual({
      pathname: "/a",
      search: "?b",
      host: { hostname: "example.com", port: 81 },
    });
    expect(parseRequestTarget("http://example.com?b")?.pathname).toBe("/");
  });

  test.each([
    "",
    "*",
    "?x",
    "#",
    ".",
    "../x",
    "localhost:80",
    "%2findex.html",
    "/a b",
    "/a\tb",
    "/a\x00b",
    "/a\x7fb",
    "/a\\b",
    "\\x",
    "/a#b",
    "/a\x80b",
    "/a\u0100b",
    "http:",
    "http://",
    "http:///x",
    "http://user:pw@host/",
    "http://[::1/x",
    "http://a\\@evil/x",
    "file:///etc/passwd",
    "ftp://host/x",
    "javascript:alert(1)",
  ])("refuses %j", (target) => {
    expect(parseRequestTarget(target)).toBeUndefined();
  });

  test("agrees with the URL parser on every target that it accepts", () => {
    const text = fc.stringMatching(/^(?:[/.%?&=a-z0-9'"<>[\]{}|^`;:@!$()*+,~_-]|%2e|%2F|\.\.\/|\/\/){0,20}$/);
    fc.assert(
      fc.property(text, (rest) => {
        const target = parseRequestTarget(`/${rest}`);
        if (!target) return;
        const url = new URL(`http://host/${rest}`);
        expect([target.pathname, target.search]).toEqual([url.pathname, url.search]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("decodePath", () => {
  test("decodes once, or not at all if any part cannot be decoded", () => {
    expect(decodePath("/a%20b%2Fc")).toBe("/a b/c");
    expect(decodePath("/%2561")).toBe("/%61");
    expect(decodePath("/100%/%61")).toBe("/100%/%61");
    expect(decodePath("/%ff")).toBe("/%ff");
  });
});

describe("asDecodedPath", () => {
  test.each([
    "/admin/x",
    "/%61dmin/x",
    "/admin%2Fx",
    "/admin%2fx",
    "//admin/x",
    "/admin//x",
    "/admin///x",
    "/admin/./x",
    "/a/..%2fadmin/x",
    "/%2e/admin/x",
    "/admin/y/%2e%2e/x",
    "/./admin/x",
    "/../admin/x",
    "/%2e%2e%2fadmin/x",
  ])("%s is /admin/x", (pathname) => {
    expect(asDecodedPath(pathname)).toBe("/admin/x");
  });

  test.each<[string, string]>([
    ["/", "/"],
    ["//", "/"],
    ["/a/", "/a/"],
    ["/a//", "/a/"],
    ["/a/.", "/a/"],
    ["/a/b/..", "/a/"],
    ["/..", "/"],
    ["/...", "/..."],
    ["/.a/..b", "/.a/..b"],
    ["/admin%252Fx", "/admin%2Fx"],
    ["/a%5Cb", "/a\\b"],
  ])("%s is %s", (pathname, path) => {
    expect(asDecodedPath(pathname)).toBe(path);
  });

  test("has no dot segment, no empty segment, and is its own canonical form", () => {
    const text = fc.stringMatching(/^(?:[a-z/.]|\.\.\/|%2f|%2e|\/\/){0,24}$/);
    fc.assert(
      fc.property(text, (rest) => {
        const path = asDecodedPath(`/${rest}`);
        expect(path).not.toMatch(/\/\/|\/\.\.?(?:\/|$)/);
        expect(path.startsWith("/")).toBe(true);
        expect(asDecodedPath(path)).toBe(path);
      }),
      { numRuns: 2_000 },
    );
  });
});
