import { describe, expect, it } from "vitest";
import { checkRequest, urlOf } from "../../../../src/runtimes/server/check-request.ts";

function check(fields: [string, string][], httpVersion: "1.0" | "1.1" = "1.1", url = "/") {
  const checked = checkRequest({ httpVersion, url, fields: fields.flat() });
  return typeof checked === "number" ? checked : urlOf(checked);
}

const HOST: [string, string] = ["host", "site.test:8080"];

describe("a request", () => {
  it.each(["site.test", "SITE.test.", "192.0.2.1:80", "[2001:db8::1]:80", "a_b.test"])(
    "for %s is good",
    (host) => {
      expect(check([["host", host]])).toMatch(/^http:/);
    },
  );

  it.each(["", "a,b", "a b", "a/b", "a@b", "a?b", "a#b", "a\\b", "[::1", "a:b", "a:99999", "a\tb", "%61"])(
    "for %j is refused",
    (host) => expect(check([["host", host]])).toBe(400),
  );

  it("has one Host, even if both are equal; only HTTP/1.0 may do without", () => {
    expect(check([HOST, HOST])).toBe(400);
    expect(check([])).toBe(400);
    expect(check([], "1.0")).toMatch(/^http:/);
  });

  it.each(["/", "/a%20b?c=d", "//a", "/../a", "/\xc3\xbc", "http://site.test/a"])(
    "for the target %j is good",
    (url) => {
      expect(check([HOST], "1.1", url)).toMatch(/^http:/);
    },
  );

  it.each(["*", "a", "", "/a b", "/a\\b", "/a#b", "/\xff", "ftp://site.test/", "http://a b/", "http:///a"])(
    "for the target %j is refused",
    (url) => expect(check([HOST], "1.1", url)).toBe(400),
  );

  it.each([
    ["/a/../b?c=/../d", "site.test", "http://site.test/b?c=/../d"],
    ["/", "SITE.test:80", "http://site.test/"],
    ["//a", "[2001:DB8::1]:8080", "http://[2001:db8::1]:8080//a"],
    ["/", "0x7f.1", "http://127.0.0.1/"],
    ["http://other.test:81/a", "site.test", "http://other.test:81/a"],
    ["/\xc3\xbc", "site.test", "http://site.test/%C3%BC"],
  ])("for %j at %j means %s", (url, host, expected) => {
    expect(check([["host", host]], "1.1", url)).toBe(expected);
  });

  it("is refused if its Host is malformed, also where an absolute target replaces it", () => {
    expect(check([["host", "a b"]], "1.1", "http://site.test/")).toBe(400);
    expect(check([["host", "256.256.256.256"]])).toBe(400);
  });
});
