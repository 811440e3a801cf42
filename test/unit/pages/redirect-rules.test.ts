import { describe, expect, test } from "vitest";
import { parseRedirectRules } from "../../../src/pages/redirect-rules.ts";

const FILE = "public/_redirects";

function parse(...lines: string[]) {
  return parseRedirectRules(lines.join("\n"), FILE);
}

function only(line: string) {
  const { rules, problems } = parse(line);
  return problems.length > 0 ? problems.map(({ code }) => code) : [...rules.exact, ...rules.patterns];
}

describe("parseRedirectRules", () => {
  test.each<[string, { from: string; to: string; status: number }]>([
    ["/a /b", { from: "/a", to: "/b", status: 302 }],
    ["/a /b 301", { from: "/a", to: "/b", status: 301 }],
    ["/a /b 302", { from: "/a", to: "/b", status: 302 }],
    ["/a /b 303", { from: "/a", to: "/b", status: 303 }],
    ["/a /b 307", { from: "/a", to: "/b", status: 307 }],
    ["  /a\t/b   308  ", { from: "/a", to: "/b", status: 308 }],
    ["/a /b 200", { from: "/a", to: "/b", status: 200 }],
    ["/a /b 0301", { from: "/a", to: "/b", status: 301 }],
    ["/a /b 301.0", { from: "/a", to: "/b", status: 301 }],
    ["a /b", { from: "/a", to: "/b", status: 302 }],
    ["/a?x=1#y /b", { from: "/a", to: "/b", status: 302 }],
    ["/ünï /b", { from: "/%C3%BCn%C3%AF", to: "/b", status: 302 }],
    ["/a /b?x=1#part", { from: "/a", to: "/b?x=1#part", status: 302 }],
    ["/a /b 301 # a comment", { from: "/a", to: "/b", status: 301 }],
    ["/a /b#part # a comment", { from: "/a", to: "/b#part", status: 302 }],
    ["/a https://x.test", { from: "/a", to: "https://x.test/", status: 302 }],
    ["/a https://x.test?y=1", { from: "/a", to: "https://x.test/?y=1", status: 302 }],
    ["/a/* https://x.test/:splat", { from: "/a/*", to: "https://x.test/:splat", status: 302 }],
    ["/a/:x https://:x.test/", { from: "/a/:x", to: "https://:x.test/", status: 302 }],
    ["/a/:x //:x", { from: "/a/:x", to: "//:x", status: 302 }],
    ["/* / 200", { from: "/*", to: "/", status: 200 }],
    ["/x/* /x/index/more", { from: "/x/*", to: "/x/index/more", status: 302 }],
    ["/x/* /x/index.html?old 301", { from: "/x/*", to: "/x/index.html?old", status: 301 }],
    ["/x/y* /index.html 200", { from: "/x/y*", to: "/index.html", status: 200 }],
    ["/a/ https://x.test/index.html", { from: "/a/", to: "https://x.test/index.html", status: 302 }],
  ])("reads %j", (line, rule) => {
    expect(only(line)).toEqual([{ ...rule, line: 1 }]);
  });

  test.each<[string, string]>([
    ["/one", "redirect-syntax"],
    ["/a /b 301 extra", "redirect-syntax"],
    ["/a # /b", "redirect-syntax"],
    ["/lang /en 302 Language=en", "redirect-syntax"],
    ["/a /b 404", "redirect-status"],
    ["/a /b 301!", "redirect-status"],
    ["/a /b 200!", "redirect-status"],
    ["/a /b 500", "redirect-status"],
    ["/a /b abc", "redirect-status"],
    ["/a /b 302x", "redirect-status"],
    ["/a /b -302", "redirect-status"],
    ["https://x.test/a /b", "redirect-source"],
    ["http://x.test/a /b", "redirect-source"],
    ["/*/* /b", "redirect-source"],
    ["/:a/:a /b", "redirect-source"],
    ["/*/:splat /b", "redirect-source"],
    ["/a b", "redirect-target"],
    ["/a http://x.test/", "redirect-target"],
    ["/a ftp://x.test/", "redirect-target"],
    ["/a https://", "redirect-target"],
    ["/a https://[x/", "redirect-target"],
    ["/a https://x.test/ 200", "redirect-target"],
    ["/* /index.html 200", "redirect-loop"],
    ["/* /index 200", "redirect-loop"],
    ["/app/* /app/index.html", "redirect-loop"],
    ["/ /index.html 200", "redirect-loop"],
    ["/x/ /x/index 302", "redirect-loop"],
  ])("ignores %j with the warning %s", (line, code) => {
    const { rules, problems } = parse(line);
    expect(rules).toEqual({ exact: [], patterns: [] });
    expect(problems).toMatchObject([{ severity: "warning", code, file: FILE, line: 1, excerpt: line }]);
    expect(problems[0]?.remedy).toMatch(/\.$/);
  });

  test("allows `/` to lead to /index.html where paths are not rewritten, but never `/*`", () => {
    expect(parseRedirectRules("/ /index.html 200", FILE, "none").rules.exact).toHaveLength(1);
    expect(parseRedirectRules("/* /index.html 200", FILE, "none").rules.patterns).toHaveLength(0);
  });

  test("looks rules up by path only above the first one with a wildcard", () => {
    const { rules } = parse("/a /1", "/b /2", "/c/* /3", "/d /4", "/:e /5");
    expect(rules.exact.map(({ from }) => from)).toEqual(["/a", "/b"]);
    expect(rules.patterns.map(({ from }) => from)).toEqual(["/c/*", "/d", "/:e"]);
  });

  test("lets the first of two rules with one source count", () => {
    const { rules, problems } = parse("/a /1", "# -", "/a?x /2", "/b/* /3", "/b/* /4");
    expect([...rules.exact, ...rules.patterns].map(({ to }) => to)).toEqual(["/1", "/3"]);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ["redirect-repeated", 3],
      ["redirect-repeated", 5],
    ]);
  });

  test.each<[string, string]>([
    ["/docs/*", "/docs/special"],
    ["/docs/*", "/docs/:page"],
    ["/docs/*", "/docs/v1/*"],
    ["/*", "/:a/:b"],
    ["/:page", "/about"],
    ["/:a/:b", "/x/:y"],
  ])("reports a rule that can never match: behind %s stands %s", (general, special) => {
    const { rules, problems } = parse(`${general} /1`, `${special} /2`);
    expect(rules.patterns).toHaveLength(2);
    expect(problems).toMatchObject([{ code: "redirect-unreachable", line: 2 }]);
    expect(problems[0]?.message).toContain("line 1");
  });

  test.each<[string, string]>([
    ["/docs/:page", "/docs/*"],
    ["/docs/*", "/docs"],
    ["/docs/:a/:b", "/docs/*"],
    ["/a-*", "/b-*"],
    ["/*.php", "/:a"],
  ])("says nothing where the second rule still has paths: %s, %s", (first, second) => {
    expect(parse(`${first} /1`, `${second} /2`).problems).toEqual([]);
  });

  test("keeps 2000 rules without wildcard", () => {
    const lines = Array.from({ length: 2_002 }, (_, index) => `/p${index} /x`);
    const { rules, problems } = parse(...lines, "/w/* /x");
    expect(rules.exact).toHaveLength(2_000);
    expect(rules.patterns).toHaveLength(1);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ["redirect-limit", 2_001],
      ["redirect-limit", 2_002],
    ]);
  });

  test("keeps 100 rules from the first one with a wildcard on, whatever they are", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `/p${index} /x`);
    const { rules, problems } = parse("/above /x", "/w-* /x", ...lines);
    expect(rules.exact).toHaveLength(1);
    expect(rules.patterns).toHaveLength(100);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([["redirect-limit", 102]]);
  });

  test("drops lines of more than 2000 characters", () => {
    expect(only(`/${"l".repeat(1_997)} /x`)).toEqual(["rule-line-too-long"]);
    expect(only(`/${"l".repeat(1_996)} /x`)).toMatchObject([{ to: "/x" }]);
  });

  test("reports in the order of lines", () => {
    const { problems } = parse("/x/* /1", "/x/y /2", "bad");
    expect(problems.map(({ line }) => line)).toEqual([2, 3]);
  });
});
