import { describe, expect, test } from "vitest";
import { isPlainPathname, spellingsOf, uncollapsedPrefix } from "../../../src/pages/path-spellings.ts";
import { encodePathText, foldPathText, normalizePathname } from "../../../src/pages/path-text.ts";

describe("spellingsOf", () => {
  test.each([
    ["/a/b", ["/a/b"]],
    ["//a//b", ["//a//b", "/a/b"]],
    ["/%61", ["/%61", "/a"]],
    ["/a%2F%2Fb", ["/a%2F%2Fb", "/a/b"]],
    ["/x/..%2Fa", ["/x/..%2Fa", "/a"]],
    ["/a%20b", ["/a%20b"]],
    ["/a%5Cb", ["/a%5Cb", "/a/b"]],
    ["/%61/%zz", ["/%61/%zz", "/a/%zz"]],
    ["//%C3%BC", ["//%C3%BC", "/%C3%BC"]],
    ["/%2561", ["/%2561", "/%61"]],
  ])("of %s are %j", (pathname, spellings) => {
    expect(spellingsOf(pathname)).toEqual(spellings);
  });

  test("a path without escapes and empty segments has one spelling", () => {
    expect(["/", "/a/b/", "/a//b", "/a%2F"].map(isPlainPathname)).toEqual([true, true, false, false]);
  });
});

describe("uncollapsedPrefix", () => {
  test.each([
    ["//a//b/c", 2, "//a"],
    ["//a//b/c", 4, "//a//b"],
    ["/a/b", 2, "/a"],
    ["//m//", 3, "//m//"],
    ["///", 1, "///"],
  ])("the part of %s for %i collapsed characters is %s", (pathname, length, prefix) => {
    expect(uncollapsedPrefix(pathname, length)).toBe(prefix);
  });
});

describe("text in URL paths", () => {
  test("is encoded as a URL parser encodes it, escapes that are there left alone", () => {
    const names = [
      "sp ace",
      "ünï",
      "日本語",
      '"<>`{}',
      "a%20b",
      "100%",
      "a+b=c;d,e",
      "(x)",
      "[y]",
      "|'~!$&*@",
    ];
    for (const name of names) {
      expect(encodePathText(name)).toBe(new URL(`http://host/${name}`).pathname.slice(1));
    }
  });

  test("what would end the path or mean something else is encoded too", () => {
    expect(encodePathText("a?b#c\\d\te\u0000")).toBe("a%3Fb%23c%5Cd%09e%00");
    expect(encodePathText("^\ud800")).toBe("%5E%EF%BF%BD");
  });

  test("is compared without ASCII case, and with that of other letters", () => {
    expect(foldPathText("Ünï/AB")).toBe("%c3%9cn%c3%af/ab");
    expect(foldPathText("ü")).not.toBe(foldPathText("Ü"));
  });

  test("a caret is encoded, whatever the runtime's parser left", () => {
    expect(normalizePathname("/a^b%5Ec")).toBe("/a%5Eb%5Ec");
  });
});
