import { describe, expect, it } from "vitest";
import { isForged } from "../../../src/http/cross-site.ts";
import { isOriginOfHost, parseOriginPattern } from "../../../src/http/origin.ts";

const TRUSTED = [parseOriginPattern("https://partner.test")].filter((pattern) => pattern !== undefined);
const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get", "TRACE"];
const SITES = [
  null,
  "same-origin",
  "none",
  "same-site",
  "cross-site",
  "Same-Origin",
  "same-origin, cross-site",
  "",
];
const ORIGINS = [
  null,
  "https://site.test",
  "http://site.test",
  "https://site.test:443",
  "https://partner.test",
  "https://PARTNER.test",
  "null",
  "https://evil.test",
  "https://site.test.evil",
];

describe("the matrix of methods, Sec-Fetch-Site and Origin", () => {
  it.each(METHODS)("%s", (method) => {
    for (const site of SITES) {
      for (const origin of ORIGINS) {
        for (const isUpgrade of [false, true]) {
          const isSafe = ["GET", "HEAD", "OPTIONS"].includes(method) && !isUpgrade;
          const isTrusted = origin?.toLowerCase() === "https://partner.test";
          const isOwn = origin === null || /^https?:\/\/site\.test(?::443)?$/.test(origin);
          const isSame = site === "same-origin" || site === "none";
          const expected = !isSafe && !isSame && !isTrusted && (site !== null || !isOwn);
          const found = isForged({ method, site, origin, host: "site.test", isUpgrade }, TRUSTED);
          expect(found, `${method} ${site} ${origin} ${isUpgrade}`).toBe(expected);
        }
      }
    }
  });
});

describe("origins", () => {
  it.each([
    ["https://app.test", "https://app.test", true],
    ["https://app.test", "http://app.test", false],
    ["https://app.test", "https://app.test:8443", false],
    ["https://app.test:8443", "https://app.test:8443", true],
    ["https://*.app.test", "https://a.app.test", true],
    ["https://*.app.test", "https://a.b.app.test", true],
    ["https://*.app.test", "https://app.test", false],
    ["https://*.app.test", "https://evilapp.test", false],
    ["https://*.app.test", "https://evil.test/.app.test", false],
    ["https://*.app.test", "https://evil.test#.app.test", false],
    ["https://*.app.test", "https://.app.test", false],
    ["https://*.app.test", "https://evil.test:1@a.app.test", false],
    ["https://*.app.test", "null", false],
  ])("%s and %s", (pattern, origin, expected) => {
    expect(parseOriginPattern(pattern)?.(origin)).toBe(expected);
  });

  it.each([
    "*",
    "app.test",
    "https://app.test/",
    "https://app.test/path",
    "https://*",
    "https://a.*.test",
    "null",
    "",
  ])("%j is none", (text) => expect(parseOriginPattern(text)).toBeUndefined());

  it("belong to a host by name and port", () => {
    expect(isOriginOfHost("https://site.test", "SITE.test")).toBe(true);
    expect(isOriginOfHost("https://site.test", "site.test:443")).toBe(true);
    expect(isOriginOfHost("http://site.test:8080", "site.test:8080")).toBe(true);
    expect(isOriginOfHost("http://site.test:8080", "site.test")).toBe(false);
    expect(isOriginOfHost("https://[::1]:1", "[::1]:1")).toBe(true);
    expect(isOriginOfHost("null", "null")).toBe(false);
  });

  it("takes no longer for a long field than for its length", () => {
    const pattern = parseOriginPattern("https://*.app.test");
    const startedAt = performance.now();
    for (let turn = 0; turn < 20; turn += 1) {
      pattern?.(`https://${"a.".repeat(32_000)}app.test`);
      pattern?.(`https://${"-".repeat(64_000)}!.app.test`);
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
