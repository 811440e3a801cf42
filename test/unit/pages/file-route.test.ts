import { describe, expect, test } from "vitest";
import { parseFileRoute } from "../../../src/pages/file-route.ts";

const OPTIONS = { matchers: new Set(["int", "uuid"]), directory: "functions" };
const parse = (file: string) => parseFileRoute(file, OPTIONS);
const faults = (file: string) => parse(file).problems.map(({ severity, code }) => `${severity} ${code}`);

describe("the route path of a file", () => {
  test.each([
    ["index.js", "/", "/"],
    ["hello.js", "/hello", "/"],
    ["hello/index.js", "/hello", "/hello"],
    ["fruits/apple.ts", "/fruits/apple", "/fruits"],
    ["users/[id].tsx", "/users/:id", "/users"],
    ["users/[id]/index.mjs", "/users/:id", "/users/:id"],
    ["files/[[path]].jsx", "/files/:path*", "/files"],
    ["any/[[x]]/edit.js", "/any/:x*/edit", "/any/:x*"],
    ["post-[slug].js", "/post-:slug", "/"],
    ["x/[0_aZ9].js", "/x/:0_aZ9", "/x"],
    ["x/[[0_aZ9]].js", "/x/:0_aZ9*", "/x"],
    ["[id].json.js", "/:id.json", "/"],
    ["v[a].[b].js", "/v:a.:b", "/"],
    ["[[x]]suf.js", "/:x*suf", "/"],
    ["data.json.js", "/data.json", "/"],
    [".dot.js", "/.dot", "/"],
    ["foo.test.js", "/foo.test", "/"],
    ["_private.js", "/_private", "/"],
    ["node_modules/dep/index.js", "/node_modules/dep", "/node_modules/dep"],
    ["sp ace.js", "/sp ace", "/"],
  ])("%s is the route %s, mounted at %s", (file, routePath, mountPath) => {
    expect(parse(file)).toEqual({ routePath, mountPath, isMiddleware: false, problems: [] });
  });

  test("index and _middleware are ordinary names for a directory", () => {
    expect(parse("index/inner.js").routePath).toBe("/index/inner");
    expect(parse("nest/_middleware/inner.js")).toMatchObject({
      routePath: "/nest/_middleware/inner",
      isMiddleware: false,
    });
  });

  test.each(["a/_middleware.js", "a/_middleware_.ts"])("%s is middleware of its directory", (file) => {
    expect(parse(file)).toMatchObject({ routePath: "/a", mountPath: "/a", isMiddleware: true });
  });

  test("middleware directly below the functions directory is that of the root", () => {
    expect(parse("_middleware.js")).toMatchObject({ routePath: "/", mountPath: "/", isMiddleware: true });
  });

  test("brackets without content or without their pair are literal text", () => {
    expect(parse("[].js").routePath).toBe("/[]");
    expect(parse("[id.js").routePath).toBe("/[id");
    expect(parse("[x]].js").routePath).toBe("/:x]");
  });
});

describe("constrained parameters", () => {
  test.each([
    ["posts/[id=int].ts", "/posts/:id:int"],
    ["posts/[id=int]-[slug].ts", "/posts/:id:int-:slug"],
    ["files/[[ids=uuid]].ts", "/files/:ids:uuid*"],
  ])("%s is the route %s", (file, routePath) => {
    expect(parse(file)).toMatchObject({ routePath, problems: [] });
  });

  test("a matcher that does not exist refuses the name and lists those that do", () => {
    const [problem] = parse("posts/[id=number].ts").problems;
    expect(problem).toMatchObject({
      severity: "error",
      code: "unknown-matcher",
      file: "functions/posts/[id=number].ts",
    });
    expect(problem?.remedy).toContain("int, uuid");
  });

  test("text that would go on the matcher's name is refused", () => {
    expect(faults("[id=int]px.ts")).toEqual(["error text-after-parameter"]);
    expect(faults("[id=int].px.ts")).toEqual([]);
  });
});

describe("illegal names", () => {
  test.each([
    ["[a-b].js", "Write [a_b]."],
    ["[[a-b]].js", "Write [[a_b]]."],
    ["[...path].js", "Write [[path]]."],
    ["x/[a b]/y.js", "Write [a_b]."],
    ["[a/b].js", "Write [a_b]."],
    ["[=int].js", "Write [name]."],
  ])("%s is no parameter", (file, remedy) => {
    const problem = parse(file).problems.find(({ code }) => code === "illegal-parameter-name");
    expect(problem).toMatchObject({ severity: "error", file: `functions/${file}`, remedy });
  });

  test.each(["[a][b].js", "[[a]][b].js", "x/[a]b[c].js"])(
    "%s has parameters without text between",
    (file) => {
      expect(faults(file)).toContain("error adjacent-parameters");
    },
  );

  test.each(["pre[[x]].js", "[a]-[[b]].js", "x/pre[[x]]/y.js"])("%s has a catch-all in a segment", (file) => {
    expect(faults(file)).toEqual(["error misplaced-catch-all"]);
  });

  test.each(["a:b.js", "a*b.js", "x:y/z.js"])("%s holds a reserved character", (file) => {
    expect(faults(file)).toEqual(["error reserved-character"]);
  });

  test("all faults of a name are told at once", () => {
    expect(faults("[a-b]/pre[[x]].js")).toEqual([
      "error illegal-parameter-name",
      "error misplaced-catch-all",
    ]);
  });

  test("the problem names the functions directory as the project does", () => {
    const { problems } = parseFileRoute("a:b.js", { ...OPTIONS, directory: "server/routes" });
    expect(problems[0]?.file).toBe("server/routes/a:b.js");
  });
});

describe("names that do something else than they seem to", () => {
  test("text that follows a parameter at once belongs to its name, as on Pages", () => {
    expect(faults("[id]px.js")).toEqual(["warning merged-parameter-name"]);
    expect(faults("[id].px.js")).toEqual([]);
    expect(faults("[[x]]px.js")).toEqual([]);
  });

  test.each(["..js", "a/%2e%2E/b.js"])("%s can never match, since URLs have no dot segments", (file) => {
    expect(faults(file)).toEqual(["warning unreachable-route"]);
  });

  test("dots beside other text are no dot segment", () => {
    expect(faults("v[a].[b].js")).toEqual([]);
    expect(faults("...js")).toEqual(["warning unreachable-route"]);
    expect(faults("....js")).toEqual([]);
  });
});
