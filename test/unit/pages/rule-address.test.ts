import { describe, expect, test } from "vitest";
import { formatRuleAddress, isAbsoluteAddress, parseRuleAddress } from "../../../src/pages/rule-address.ts";

describe("parseRuleAddress", () => {
  test.each<[string, string | undefined]>([
    ["/a", "/a"],
    ["/ünï", "/%C3%BCn%C3%AF"],
    ["/a b", "/a%20b"],
    ["/a%20b", "/a%20b"],
    ["/a/../b", "/b"],
    ["/a?x=1", "/a"],
    ["/a#part", "/a"],
    ["//a", "//a"],
    ["https://example.test", "https://example.test/"],
    ["https://example.test?x", "https://example.test/"],
    ["https://EXAMPLE.test/A", "https://example.test/A"],
    ["https://:Sub.Example.test/*", "https://:Sub.example.test/*"],
    ["https://example.test:8080/", "https://example.test:8080/"],
    ["https://example.test/a b", "https://example.test/a%20b"],
    ["https://exa mple.test/", undefined],
    ["xhttps://example.test/", undefined],
    ["http://example.test/", undefined],
    ["ftp://example.test/", undefined],
    ["https://", undefined],
    ["a", undefined],
    ["", undefined],
  ])("reads the source %j as %j", (text, expected) => {
    const address = parseRuleAddress(text, "source");
    expect(address && formatRuleAddress(address)).toBe(expected);
  });

  test.each<[string, string]>([
    ["/a?x=:id#part", "/a?x=:id#part"],
    ["//:host", "//:host"],
    ["https://example.test?x=1", "https://example.test/?x=1"],
    ["https://example.test/a#b", "https://example.test/a#b"],
  ])("keeps query and fragment of the target %j", (text, expected) => {
    const address = parseRuleAddress(text, "target");
    expect(address && formatRuleAddress(address)).toBe(expected);
  });

  test.each<[string, boolean]>([
    ["https://x", true],
    ["HTTP://x", true],
    ["/https://x", false],
    ["x:y", false],
    ["//x", false],
  ])("%j begins with a scheme: %s", (text, expected) => {
    expect(isAbsoluteAddress(text)).toBe(expected);
  });
});
