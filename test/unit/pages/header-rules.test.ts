import { describe, expect, test } from "vitest";
import { parseHeaderRules } from "../../../src/pages/header-rules.ts";

const FILE = "public/_headers";

function parse(...lines: string[]) {
  return parseHeaderRules(lines.join("\n"), FILE);
}

function codes(...lines: string[]) {
  return parse(...lines).problems.map(({ code, line }) => `${line}:${code}`);
}

describe("parseHeaderRules", () => {
  test("reads rules, whatever the indentation and line ends", () => {
    const { rules, problems } = parseHeaderRules(
      "# comment\r\n\r\n  /a/*\r\nX-One: 1\r\n\t# inside a rule\r\n\tx-two:a:b:c  \r\n/b\r\n  ! ETag\r\n  !  x-Frame-Options",
      FILE,
    );
    expect(problems).toEqual([]);
    expect(rules).toEqual([
      {
        host: undefined,
        path: "/a/*",
        detach: [],
        set: [
          ["x-one", "1"],
          ["x-two", "a:b:c"],
        ],
        line: 3,
      },
      { host: undefined, path: "/b", detach: ["etag", "x-frame-options"], set: [], line: 7 },
    ]);
  });

  test("joins values of one name with a comma", () => {
    const { rules } = parse("/a", "X-A: 1", "x-a: 2", "Link: </x>; rel=preload", "X-A: 3");
    expect(rules[0]?.set).toEqual([
      ["x-a", "1, 2, 3"],
      ["link", "</x>; rel=preload"],
    ]);
  });

  test("takes no notice of space around a name", () => {
    expect(parse("/a", "X-A : 1", "!  X-B ").rules[0]).toMatchObject({
      set: [["x-a", "1"]],
      detach: ["x-b"],
    });
  });

  test("knows no comments behind a value", () => {
    expect(parse("/a", "X-A: 1 # one").rules[0]?.set).toEqual([["x-a", "1 # one"]]);
  });

  test("keeps cookies apart, which no comma may join", () => {
    expect(parse("/a", "Set-Cookie: a=1", "Set-Cookie: b=2").rules[0]?.set).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("takes a host, without port and in lower case", () => {
    const { rules } = parse("https://:Sub.Example.test/a", "X: 1");
    expect(rules[0]).toMatchObject({ host: "https://:Sub.example.test", path: "/a" });
  });

  test("normalises paths as URLs have them", () => {
    expect(parse("/ü b?x#y", "X: 1").rules[0]?.path).toBe("/%C3%BC%20b");
  });

  test("lets the last of two rules with one path count, at the place of the first, and says so", () => {
    const { rules, problems } = parse("/a", "X: 1", "/b", "X: 2", "/a", "Y: 3");
    expect(rules.map(({ path, set }) => [path, set])).toEqual([
      ["/a", [["y", "3"]]],
      ["/b", [["x", "2"]]],
    ]);
    expect(problems).toMatchObject([{ code: "header-rule-repeated", line: 5, severity: "warning" }]);
    expect(problems[0]?.message).toContain("line 1");
  });

  test.each<[string, string]>([
    ["http://plain.test/*", "header-rule-address"],
    ["ftp://x/y", "header-rule-address"],
    ["FTP://x/y", "header-rule-address"],
    ["https://port.test:8080/*", "header-rule-port"],
    ["/*/x/*", "header-rule-wildcards"],
    ["/*/:splat", "header-rule-wildcards"],
    ["/:a/:a", "header-rule-wildcards"],
    ["https://:a.test/:a", "header-rule-wildcards"],
  ])("drops the rule %j with its lines, in one warning", (start, code) => {
    const { rules, problems } = parse("/ok", "X: 1", start, "X: 2", "Y: 3", "/ok2", "X: 4");
    expect(rules.map(({ path }) => path)).toEqual(["/ok", "/ok2"]);
    expect(problems).toMatchObject([{ code, line: 3, file: FILE, excerpt: start }]);
    expect(problems[0]?.message).toMatch(/and so are its 2 lines$/);
  });

  test.each<[string, string]>([
    ["no colon here", "header-line-syntax"],
    ["!ETag", "header-line-syntax"],
    ["X Y: 1", "header-line-name"],
    [": 1", "header-line-name"],
    ["X@: 1", "header-line-name"],
    ["! X Y", "header-line-name"],
    ["! X: 1", "header-line-name"],
    ["X:", "header-line-value"],
    ["X: a\u{0}b", "header-line-value"],
    ["X: a\rb", "header-line-value"],
    ["Content-Length: 5", "header-line-reserved"],
    ["Content-Range: bytes 0-1/2", "header-line-reserved"],
    ["Transfer-Encoding: chunked", "header-line-reserved"],
    ["Connection: close", "header-line-reserved"],
  ])("drops the line %j and keeps the rule", (line, code) => {
    const { rules, problems } = parse("/a", line, "X-Ok: 1");
    expect(rules.map(({ set, detach }) => ({ set, detach }))).toEqual([{ set: [["x-ok", "1"]], detach: [] }]);
    expect(problems).toMatchObject([{ code, line: 2 }]);
  });

  test("drops lines above the first rule", () => {
    expect(codes("X: 1", "Y: 2", "/a", "Z: 3")).toEqual([
      "1:header-line-without-rule",
      "2:header-line-without-rule",
    ]);
  });

  test("drops a rule without a valid line", () => {
    expect(codes("/a", "/b", "nonsense", "/c", "X: 1")).toEqual([
      "1:header-rule-empty",
      "2:header-rule-empty",
      "3:header-line-syntax",
    ]);
  });

  test("drops lines of more than 2000 characters, with a shortened excerpt", () => {
    const { rules, problems } = parse("/a", `X: ${"v".repeat(2000)}`, `Y: ${"v".repeat(1997)}`);
    expect(rules[0]?.set.map(([name]) => name)).toEqual(["y"]);
    expect(problems).toMatchObject([{ code: "rule-line-too-long", line: 2 }]);
    expect(problems[0]?.excerpt?.length).toBeLessThan(200);
  });

  test("keeps the documented 100 rules and names each one after them", () => {
    const lines = Array.from({ length: 102 }, (_, index) => [`/p${index}`, "X: 1"]).flat();
    const { rules, problems } = parse(...lines);
    expect(rules).toHaveLength(100);
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ["header-rule-limit", 201],
      ["header-rule-limit", 203],
    ]);
  });

  test("takes a header whose value is an address without a space for a header", () => {
    expect(parse("/a", "Link:<https://x.test>; rel=preconnect").rules[0]?.set).toEqual([
      ["link", "<https://x.test>; rel=preconnect"],
    ]);
  });

  test("warns of a comment behind a path, which becomes part of it", () => {
    expect(codes("/a # the page", "X: 1")).toEqual(["1:header-rule-comment"]);
    expect(codes("https://example.test/a # the page", "X: 1")).toEqual(["1:header-rule-comment"]);
  });

  test("reads a file that begins with a byte order mark", () => {
    expect(parse("\u{feff}/a", "X: 1").rules[0]?.path).toBe("/a");
  });

  test("survives anything", () => {
    expect(parseHeaderRules("", FILE)).toEqual({ rules: [], problems: [] });
    expect(parse("\u{d800}", "/\u{d800}", "X: \u{d800}").rules).toHaveLength(1);
  });
});

describe("Cache-Control of two rules for one path", () => {
  test.each<[string, string]>([
    ["/*", "/assets/*"],
    ["/assets/*", "/*"],
    ["/:page", "/about"],
    ["/*", "https://example.test/a"],
  ])("is reported for %j and %j, since the second is appended", (first, second) => {
    expect(codes(first, "Cache-Control: max-age=1", second, "Cache-Control: max-age=2")).toEqual([
      "3:header-values-combine",
    ]);
  });

  test.each<[string, string]>([
    ["/a/*", "/b/*"],
    ["/:page", "/docs/*"],
    ["https://one.test/*", "https://two.test/*"],
  ])("is not reported for %j and %j, which have no path in common", (first, second) => {
    expect(codes(first, "Cache-Control: max-age=1", second, "Cache-Control: max-age=2")).toEqual([]);
  });

  test("is not reported where the later rule takes the earlier value away", () => {
    expect(codes("/*", "Cache-Control: a", "/x", "! Cache-Control", "Cache-Control: b")).toEqual([]);
  });
});
