import { describe, expect, test } from "vitest";
import { findPagesPlace, formatPagesLocation } from "../../../src/pages/pages-paths.ts";

const FILES = [
  "/index.html",
  "/about.html",
  "/contact/index.html",
  "/both.html",
  "/both/index.html",
  "/noext",
  "/noext.html",
  "/text.txt",
  "/old.htm",
  "/idx/index",
  "/x.html/index.html",
  "/a.b.html",
  "/v1.0/index.html",
  "/deep/.html",
];

function find(path: string, files: readonly string[] = FILES): string | undefined {
  const place = findPagesPlace(path, (candidate) => (files.includes(candidate) ? candidate : undefined));
  return place && `${place.kind} ${place.path}`;
}

describe("findPagesPlace", () => {
  test.each<[string, string | undefined]>([
    ["/", "file /index.html"],
    ["/index", "redirect /"],
    ["/index.html", "redirect /"],
    ["/index/", "redirect /"],
    ["/about", "file /about.html"],
    ["/about.html", "redirect /about"],
    ["/about/", "redirect /about"],
    ["/about/index", "redirect /about/"],
    ["/about/index.html", undefined],
    ["/About", undefined],
    ["/contact", "redirect /contact/"],
    ["/contact/", "file /contact/index.html"],
    ["/contact/index", "redirect /contact/"],
    ["/contact/index/", "redirect /contact/"],
    ["/contact/index.html", "redirect /contact/"],
    ["/contact.html", undefined],
    ["/both", "file /both.html"],
    ["/both/", "file /both/index.html"],
    ["/both.html", "redirect /both"],
    ["/both/index.html", "redirect /both/"],
    ["/noext", "file /noext"],
    ["/noext.html", "file /noext.html"],
    ["/noext/", "redirect /noext"],
    ["/text.txt", "file /text.txt"],
    ["/text.txt/", undefined],
    ["/text.txt/more", undefined],
    ["/text", undefined],
    ["/old", undefined],
    ["/old.htm", "file /old.htm"],
    ["/old.htm/", undefined],
    ["/idx/index", "file /idx/index"],
    ["/idx/", undefined],
    ["/x.html", "redirect /x.html/"],
    ["/x.html/", "file /x.html/index.html"],
    ["/a.b", "file /a.b.html"],
    ["/a.b.html", "redirect /a.b"],
    ["/v1.0", "redirect /v1.0/"],
    ["/missing", undefined],
    ["/missing/", undefined],
    ["/missing/index", "redirect /missing/"],
    ["/deep/.html", "redirect /deep/"],
  ])("%s: %s", (path, place) => {
    expect(find(path)).toBe(place);
  });

  test("serves /.html in place, whose pretty address would be the root", () => {
    expect(find("/.html", ["/.html"])).toBe("file /.html");
  });
});

describe("formatPagesLocation", () => {
  test.each([
    ["/a b/[id]", "/a%20b/%5Bid%5D"],
    ["//evil.test/", "/evil.test/"],
    ["/\\evil.test/", "/evil.test/"],
    ["/\t/evil.test/", "/evil.test/"],
    ["/\\/\t\\x", "/x"],
    ["/ /evil.test/", "/%20/evil.test/"],
    ["/%2Fevil.test/", "/%252Fevil.test/"],
    ["/a//b", "/a//b"],
  ])("writes %j as %s", (path, location) => {
    expect(formatPagesLocation(path)).toBe(location);
  });
});
