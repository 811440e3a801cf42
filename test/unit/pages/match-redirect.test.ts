import { describe, expect, test } from "vitest";
import { createRedirectLookup } from "../../../src/pages/match-redirect.ts";
import { parseRedirectRules } from "../../../src/pages/redirect-rules.ts";

function lookup(rules: string, target: string) {
  const { rules: parsed } = parseRedirectRules(rules, "_redirects");
  return createRedirectLookup(parsed)(new URL(target, "https://site.test"));
}

function locate(rules: string, target: string): string | undefined {
  const answer = lookup(rules, target);
  return answer?.kind === "redirect" ? answer.location : answer?.pathname;
}

describe("createRedirectLookup", () => {
  test.each<[string, string, string | undefined]>([
    ["/a /b", "/a", "/b"],
    ["/a /b", "/a/", undefined],
    ["/a /b", "//a", undefined],
    ["/a /b", "/A", undefined],
    ["/a /b", "/%61", undefined],
    ["/a /b", "/a?x=1", "/b?x=1"],
    ["/a /b?y=2", "/a?x=1", "/b?y=2"],
    ["/a /b#part", "/a?x=1", "/b?x=1#part"],
    ["/a /b?y=2#part", "/a?x=1", "/b?y=2#part"],
    ["/a https://x.test", "/a", "https://x.test/"],
    ["/a https://x.test/p#f", "/a?q=1", "https://x.test/p?q=1#f"],
    ["/a https://x.test?y=2", "/a?q=1", "https://x.test/?y=2"],
    ["/a https://site.test/b", "/a", "/b"],
    ["/a/* /b/:splat", "/a/x/y", "/b/x/y"],
    ["/a/* /b/:splat", "/a", undefined],
    ["/p/:code/:name /q?code=:code&name=:name", "/p/a%20b/c", "/q?code=a%20b&name=c"],
    ["/old-*/end /new-:splat", "/old-x/y/end", "/new-x/y"],
    ["/*.php /page", "/wp/login.php", "/page"],
    ["/ünï /b", "/%C3%BCn%C3%AF", "/b"],
    ["/a /b\n/a* /c", "/a", "/b"],
    ["/a* /c\n/a /b", "/a", "/c"],
    ["/x/* /1\n/:a/y /2", "/x/y", "/1"],
    ["/self /self", "/self", "/self"],
    ["/d/* /a//b/:splat", "/d/c//d", "/a/b/c/d"],
    ["/d/* /x/:splat?to=https://a.test//b", "/d/y//z", "/x/y/z?to=https://a.test//b"],
    ["/d/* /x#a//b", "/d/y", "/x#a//b"],
  ])("%j leads %s to %j", (rules, target, location) => {
    expect(locate(rules, target)).toBe(location);
  });

  test("keeps the status of the rule", () => {
    expect(lookup("/a /b 307", "/a")).toEqual({ kind: "redirect", status: 307, location: "/b" });
  });

  test("rewrites with 200: the target's path, without its query", () => {
    expect(lookup("/a /b?x=1 200", "/a?y=2")).toEqual({ kind: "rewrite", pathname: "/b" });
  });

  test.each<[string, string]>([
    ["/esc/* /:splat", "/esc//evil.test"],
    ["/esc/* /:splat", "/esc/\\evil.test"],
    ["/esc/* /:splat", "/esc/\\/evil.test"],
    ["/esc/* /x/../:splat", "/esc//evil.test"],
    ["/esc/* /./:splat", "/esc//evil.test"],
    ["/:a-x/* /:a/:splat", "/.-x//evil.test"],
    ["/:a-x/* /:a/:splat", "/..-x//evil.test"],
    ["/esc/* :splat", "/esc//evil.test"],
  ])("%j does not let a client choose the host with %s", (rules, target) => {
    const location = locate(rules, target);
    expect(new URL(location ?? "/", "https://site.test").origin).toBe("https://site.test");
  });

  test.each<[string, string]>([
    ["/esc/%2Fevil.test", "/%2Fevil.test"],
    ["/esc/%5Cevil.test", "/%5Cevil.test"],
  ])("leaves escapes as they are: %s to %s", (target, location) => {
    expect(locate("/esc/* /:splat", target)).toBe(location);
  });

  test("does not touch the slashes of another site's address", () => {
    expect(locate("/ext/* https://cdn.test/:splat", "/ext//x")).toBe("https://cdn.test//x");
  });

  test("keeps a target external that is written with two slashes", () => {
    expect(locate("/out/:host //:host", "/out/x.test")).toBe("https://x.test/");
  });

  test.each([
    ["/a /b\n/b /c", "/a", "/b"],
    ["/a /b 200\n/b /c 301", "/a", "/b"],
    ["/a/* /b/:splat\n/b/* /c/:splat", "/a/x", "/b/x"],
  ])("applies one rule only: %j leads %s to %s", (rules, target, location) => {
    expect(locate(rules, target)).toBe(location);
  });

  test("ignores a rule whose captures make no address", () => {
    expect(lookup("/out/:host https://:host/", "/out/%5B")).toBeUndefined();
  });

  test.each(["/__proto__", "/constructor", "/toString"])("finds no rule at %s", (target) => {
    expect(lookup("/a /b", target)).toBeUndefined();
  });
});
