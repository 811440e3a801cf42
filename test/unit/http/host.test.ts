import { describe, expect, test } from "vitest";
import { type Host, parseHost } from "../../../src/http/host.ts";

describe("parseHost", () => {
  test.each<[string, Host]>([
    ["example.com", { hostname: "example.com", port: undefined }],
    ["EXAMPLE.com:8080", { hostname: "example.com", port: 8080 }],
    ["example.com:", { hostname: "example.com", port: undefined }],
    ["example.com.", { hostname: "example.com.", port: undefined }],
    ["127.0.0.1:80", { hostname: "127.0.0.1", port: 80 }],
    ["[::1]:8787", { hostname: "[::1]", port: 8787 }],
    ["my_host-1", { hostname: "my_host-1", port: undefined }],
  ])("reads %s", (field, host) => {
    expect(parseHost(field)).toEqual(host);
  });

  test.each([
    "",
    " ",
    "a b",
    "a,b",
    "a:b",
    "a:80:80",
    "a:65536",
    "a:123456",
    "a/b",
    "a?b",
    "a#b",
    "a@b",
    "a\\b",
    "<a>",
    "http://a",
    "a%00b",
    "::1",
    "[::1",
    "[zz]",
    "[1:2]",
    "[::1]x",
    "..",
    ".a",
    "a..b",
    "ünï.example",
    `${"a".repeat(64)}.example`,
    `${"a.".repeat(200)}a`,
    ":80",
  ])("refuses %j", (field) => {
    expect(parseHost(field)).toBeUndefined();
  });
});
