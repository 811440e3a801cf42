import { describe, expect, test } from "vitest";
import { buildRoutes } from "../../../src/pages/build-routes.ts";

/** `file` or `file: export, export`; without exports it has onRequest. */
function build(...lines: string[]) {
  return buildRoutes(
    lines.map((line) => {
      const [file = "", names] = line.split(": ");
      return { file, exports: names === undefined ? ["onRequest"] : names.split(", ").filter(Boolean) };
    }),
  );
}

const codes = (...lines: string[]) => build(...lines).problems.map(({ code, file }) => `${code} ${file}`);

describe("routes", () => {
  test("each handler export is a route, in matching order", () => {
    const { routes, problems } = build("todo.js: onRequestPost, onRequestGet, onRequest", "todo/[id].js");
    expect(problems).toEqual([]);
    expect(routes.map(({ method, routePath }) => `${method ?? "ANY"} ${routePath}`)).toEqual([
      "ANY /todo/:id",
      "GET /todo",
      "POST /todo",
      "ANY /todo",
    ]);
    expect(routes[1]).toEqual({
      routePath: "/todo",
      mountPath: "/",
      method: "GET",
      middleware: [],
      handlers: [{ file: "todo.js", exportName: "onRequestGet" }],
    });
  });

  test("the order of the files given does not matter", () => {
    const files = ["b.js", "a/index.js", "a.js", "a/_middleware.js", "[x].js", "a/b/c.js"];
    expect(build(...files)).toEqual(build(...[...files].reverse()));
  });

  test("a handler and a middleware at the same path share a row", () => {
    const { routes } = build("a/_middleware.js", "a/index.js");
    expect(routes).toEqual([
      {
        routePath: "/a",
        mountPath: "/a",
        method: undefined,
        middleware: [{ file: "a/_middleware.js", exportName: "onRequest" }],
        handlers: [{ file: "a/index.js", exportName: "onRequest" }],
      },
    ]);
  });

  test("middleware of a directory beside the file of that name is mounted at the directory", () => {
    const { routes } = build("a.js", "a/_middleware.js");
    expect(routes).toMatchObject([{ routePath: "/a", mountPath: "/a" }]);
  });

  test("files with different methods for one path both stay", () => {
    const { routes, problems } = build("foo.js: onRequestGet", "foo/index.js: onRequestPost");
    expect(routes.map(({ method, handlers }) => `${method} ${handlers[0]?.file}`)).toEqual([
      "GET foo.js",
      "POST foo/index.js",
    ]);
    expect(problems).toEqual([]);
  });

  test("a file without handlers is a helper, whatever its name", () => {
    expect(build("a.js", "lib/[a.js: helper", "x:y.js: default", "empty.js: ").problems).toEqual([]);
  });

  test("a file with an illegal name has no route; the others are built", () => {
    const { routes, problems } = build("[a-b].js", "ok.js");
    expect(routes.map(({ routePath }) => routePath)).toEqual(["/ok"]);
    expect(problems).toMatchObject([{ severity: "error", file: "functions/[a-b].js" }]);
  });
});

describe("two files for the same route and method", () => {
  test("the one found later wins, and the other is told who", () => {
    const { routes, problems } = build("foo.js", "foo/index.js");
    expect(routes).toMatchObject([{ handlers: [{ file: "foo/index.js" }], mountPath: "/foo" }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: "warning", file: "functions/foo.js" });
    expect(problems[0]?.message).toContain("functions/foo/index.js");
  });

  test.each([
    ["a.js", "a.ts"],
    ["a/_middleware.js", "a/_middleware_.js"],
    ["Z/x.js", "Z/x.mjs"],
    ["d/\uffee.js", "d/\uffee.ts"],
  ])("%s loses to %s: names of a directory are found in the order of their bytes", (loser, winner) => {
    const { problems } = build(winner, loser);
    expect(problems).toMatchObject([{ code: "duplicate-route", file: `functions/${loser}` }]);
  });

  test("the order of bytes is that of UTF-8, in which U+FFEE comes before U+1F600", () => {
    const { routes } = build("\u{1f600}/[a].js", "\uffee/[a].js", "x.js");
    expect(routes).toHaveLength(3);
    expect(codes("a\u{1f600}/index.js", "a\uffee/index.js")).toEqual([]);
  });

  test("several methods of two files make one problem", () => {
    const { problems } = build(
      "a.js: onRequestGet, onRequestPost",
      "a/index.js: onRequestGet, onRequestPost",
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain("GET, POST");
  });
});

describe("exports", () => {
  test("a near miss gets a warning with the name that was meant", () => {
    const { problems } = build("a.js: onRequestOpeions, onRequest");
    expect(problems).toMatchObject([
      { severity: "warning", code: "near-miss-export", file: "functions/a.js" },
    ]);
    expect(problems[0]?.message).toContain('"onRequestOpeions"');
    expect(problems[0]?.remedy).toContain("onRequestOptions");
  });

  test("nothing exports a handler: one warning for the directory", () => {
    expect(codes("a.js: default", "lib/b.js: helper", "[id].js: default")).toEqual(["no-handlers functions"]);
    expect(codes()).toEqual(["no-handlers functions"]);
  });

  test.each(["users/[id].js: default", "a/_middleware.ts: default, config", "[[path]].js: handler"])(
    "%s looks like a route, and is told what it lacks",
    (line) => {
      expect(codes(line, "ok.js")).toEqual([`missing-handler functions/${line.split(": ")[0]}`]);
    },
  );

  test("a near miss explains a missing handler by itself", () => {
    expect(codes("users/[id].js: onrequest", "ok.js")).toEqual(["near-miss-export functions/users/[id].js"]);
  });

  test.each(["[org]/lib.js: default", "index.js: default", "_middleware/x.js: default", "[id].js: "])(
    "%s is a helper and needs no word",
    (line) => {
      expect(codes(line, "ok.js")).toEqual([]);
    },
  );

  test("the directory has the name that the project gives it", () => {
    const { problems } = buildRoutes([{ file: "[a-b].js", exports: ["onRequest"] }], { directory: "api" });
    expect(problems).toMatchObject([{ file: "api/[a-b].js" }]);
  });
});

describe("routes that never run", () => {
  test.each([
    ["index.js", "[[all]].js"],
    ["dir/index.js", "dir/[[rest]].js"],
    ["dir.js", "dir/[[rest]].js"],
    ["[one].js", "[a]/[[rest]].js"],
    ["acme.js", "[org]/[[rest]].js"],
    ["post-[id].js", "[id].js"],
    ["[b].js", "[a].js"],
    ["Foo.js", "foo.js"],
    ["a/[[x]].js", "[[p]]/[[q]]/[[r]].js"],
  ])("%s behind %s", (hidden, hider) => {
    const { problems } = build(hidden, hider);
    expect(problems).toMatchObject([{ code: "hidden-route", severity: "warning" }]);
    const files = [problems[0]?.file, problems[0]?.message.split(" ")[0]];
    expect(files.sort()).toEqual([`functions/${hidden}`, `functions/${hider}`].sort());
  });

  test("an index behind a catch-all is told where to answer instead", () => {
    const [problem] = build("dir/index.js", "dir/[[rest]].js").problems;
    expect(problem?.file).toBe("functions/dir/index.js");
    expect(problem?.remedy).toContain("Answer /dir in dir/[[rest]].js");
  });

  test.each([
    ["index.js", "[one].js"],
    ["[one].js", "a/[[rest]].js"],
    ["a/[[rest]].js", "[u]/[v]/[w].js"],
    ["dir/index.js: onRequestPost", "dir/[[rest]].js: onRequestGet"],
    ["[id].js", "[id=int].js"],
    ["dir/index.js", "dir/[[rest]]suf.js"],
    ["dir/index.js", "dir/[[rest]]/edit.js"],
    ["a/x.js", "b/[[rest]].js"],
    ["[id=int].js", "[n=digits].js"],
  ])("%s and %s both run", (one, other) => {
    expect(codes(one, other)).toEqual([]);
  });

  test("only the methods that are hidden are named", () => {
    const [problem] = build("d/index.js: onRequestGet, onRequestPost", "d/[[r]].js: onRequestGet").problems;
    expect(problem?.message).toContain("(GET)");
  });

  test.each([(index: number) => `d/item-${index}-[id].js`, (index: number) => `[a]/s${index}/[[path]].js`])(
    "thousands of routes are checked in no time",
    (fileOf) => {
      const files = Array.from({ length: 3_000 }, (_, index) => fileOf(index));
      const start = performance.now();
      expect(codes(...files, "[[rest]].js")).toEqual([]);
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );
});

describe("a project's own matchers", () => {
  test("come from _matchers directly below the functions directory", () => {
    const { routes, problems, matchersFile } = build("_matchers.ts: even", "n/[id=even].js");
    expect(problems).toEqual([]);
    expect(matchersFile).toBe("_matchers.ts");
    expect(routes.map(({ routePath }) => routePath)).toEqual(["/n/:id:even"]);
  });

  test("elsewhere the name means nothing", () => {
    expect(codes("lib/_matchers.ts: even", "n/[id=even].js")).toEqual([
      "unknown-matcher functions/n/[id=even].js",
    ]);
  });
});
