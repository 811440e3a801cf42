import { describe, expect, test } from "vitest";
import { parseHeaderRules } from "../../../src/pages/header-rules.ts";
import { createHeaderRuleApplier } from "../../../src/pages/match-header-rule.ts";

function apply(
  text: string,
  pathname: string,
  defaults: Record<string, string> = {},
  hostname = "site.test",
) {
  const headers = new Headers(defaults);
  createHeaderRuleApplier(parseHeaderRules(text, "_headers").rules)(headers, hostname, pathname);
  return Object.fromEntries(headers);
}

describe("createHeaderRuleApplier", () => {
  test("applies every rule that matches, in file order", () => {
    expect(apply("/a/*\nX: 1\n/b\nX: 2\n/*\nX: 3\nY: 4", "/a/b")).toEqual({ x: "1, 3", y: "4" });
  });

  test("replaces a default with the first value and appends later ones", () => {
    expect(apply("/*\nCache-Control: a\n/x\nCache-Control: b", "/x", { "cache-control": "default" })).toEqual(
      {
        "cache-control": "a, b",
      },
    );
  });

  test("detaches defaults and what earlier rules set", () => {
    expect(apply("/*\nX: 1\n/a\n! X\n! ETag", "/a", { etag: '"1"' })).toEqual({});
  });

  test("detaches before it sets, within a rule", () => {
    expect(apply("/a\nX: new\n! X\n/*\nX: more", "/a", { x: "old" })).toEqual({ x: "new, more" });
  });

  test.each<[string, string, string | undefined]>([
    ["/static/*", "/static/a/b.css", "a/b.css"],
    ["/static/*", "/static/", ""],
    ["/static/*", "/static", undefined],
    ["/Static/*", "/static/a", undefined],
    ["/enc%20oded/*", "/enc%20oded/x", "x"],
    ["/enc oded/*", "/enc%20oded/x", "x"],
    ["/a/*", "/%61/x", undefined],
    ["/a/*", "//a/x", undefined],
  ])("%j on the raw path %s gives %j", (path, pathname, splat) => {
    expect(apply(`${path}\nX: [:splat]`, pathname).x).toBe(splat === undefined ? undefined : `[${splat}]`);
  });

  test("inserts what placeholders took, undecoded", () => {
    expect(apply('/m/:title\nX: You watch ":title"', "/m/a%20b")).toEqual({ x: 'You watch "a%20b"' });
  });

  test.each<[string, string, Record<string, string>]>([
    ["https://site.test/*", "site.test", { x: ":sub" }],
    ["https://site.test/*", "other.test", {}],
    ["https://:sub.site.test/*", "blue.site.test", { x: "blue" }],
    ["https://:sub.site.test/*", "a.b.site.test", {}],
    ["https://SITE.test/*", "site.test", { x: ":sub" }],
  ])("%s on the host %s", (rule, hostname, expected) => {
    expect(apply(`${rule}\nX: :sub`, "/a", {}, hostname)).toEqual(expected);
  });

  test("sends several cookies as several fields", () => {
    const headers = new Headers();
    const { rules } = parseHeaderRules("/a\nSet-Cookie: a=1\nSet-Cookie: b=2", "_headers");
    createHeaderRuleApplier(rules)(headers, "site.test", "/a");
    expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("writes text beyond ASCII as UTF-8", () => {
    const value = apply("/a\nX-Name: Zoë → home", "/a")["x-name"] ?? "";
    expect(new TextDecoder().decode(Uint8Array.from(value, (byte) => byte.charCodeAt(0)))).toBe("Zoë → home");
  });
});
