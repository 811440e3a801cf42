import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLimits } from "../../../src/build/check-limits.ts";
import type { Target } from "../../../src/build/target.ts";
import type { Project } from "../../../src/config/project.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import { createProject, type ProjectFiles } from "./temp-project.ts";

async function problemsOf(
  files: ProjectFiles,
  settings: Partial<Project> = {},
  targets: Target[] = ["node"],
): Promise<Problem[]> {
  const project = await createProject(files, settings);
  const { problems, site } = await project.build({ targets });
  expect(site === undefined).toBe(problems.some(({ severity }) => severity === "error"));
  for (const { remedy } of problems) expect(remedy).toMatch(/\S.*[^\s]$/);
  return problems;
}

const importing = (...specifiers: string[]) =>
  `${specifiers.map((specifier, index) => `import a${index} from ${JSON.stringify(specifier)};`).join("\n")}
export const onRequest = () => new Response(${specifiers.map((_, index) => `a${index}`).join(" + ")});`;

describe("problems of imports", () => {
  test("every one is reported at once, with file, line and column", async () => {
    const problems = await problemsOf({
      "functions/a.js": importing(
        "./gone",
        "lodash/get",
        "@scope/pkg/sub",
        "./pic.png",
        "assets:./nope",
        "cloudflare:sockets",
        "./gone.wasm",
      ),
      "functions/pic.png": "png",
      "functions/b/c.js": importing("../src/gone.js"),
    });
    expect(problems.map(({ file, line, column, code }) => [file, line, column, code])).toEqual([
      ["functions/a.js", 1, 16, "import-unresolved"],
      ["functions/a.js", 2, 16, "import-unresolved"],
      ["functions/a.js", 3, 16, "import-unresolved"],
      ["functions/a.js", 4, 16, "import-unsupported"],
      ["functions/a.js", 5, 16, "assets-directory-missing"],
      ["functions/a.js", 6, 16, "import-workers-only"],
      ["functions/a.js", 7, 16, "import-unresolved"],
      ["functions/b/c.js", 1, 16, "import-unresolved"],
    ]);
    expect(problems[0]).toMatchObject({
      excerpt: 'import a0 from "./gone";',
      message: 'Cannot find the imported file "./gone"',
    });
  });

  test.each([
    ["lodash", "Install it: npm install lodash"],
    ["lodash/get", "Install it: npm install lodash"],
    ["@scope/pkg/deep/path", "Install it: npm install @scope/pkg"],
  ])("a package that is not installed: %s", async (specifier, remedy) => {
    expect(await problemsOf({ "functions/a.js": importing(specifier) })).toMatchObject([{ remedy }]);
  });

  test("a name that a module does not export", async () => {
    const files = {
      "functions/a.js":
        'import { gone } from "../src/b";\nexport const onRequest = () => new Response(gone);',
      "src/b.js": "export const here = 1;",
    };
    expect(await problemsOf(files)).toMatchObject([
      {
        code: "export-missing",
        file: "functions/a.js",
        line: 1,
        message: '"src/b.js" has no export called "gone"',
      },
    ]);
  });

  test("a syntax error in a module that a function imports", async () => {
    const files = { "functions/a.js": importing("../src/b"), "src/b.ts": "\n\nconst x = ;" };
    expect(await problemsOf(files)).toMatchObject([
      { code: "syntax-error", file: "src/b.ts", line: 3, column: 11 },
    ]);
  });

  test("a syntax error stops the build even in a file without handlers, and other problems are told with it", async () => {
    const problems = await problemsOf({
      "functions/_h.js": "export const = 1",
      "functions/plain.js": "export const onRequest = ( => 1;",
      "functions/x.js": importing("./gone"),
      "functions/[a-b].js": "export const onRequest = () => new Response();",
    });
    expect(problems.map(({ file }) => file).sort()).toEqual([
      "functions/[a-b].js",
      "functions/_h.js",
      "functions/plain.js",
      "functions/x.js",
    ]);
  });

  test("handlers are not missed while a file cannot be parsed", async () => {
    const files = { "functions/a.js": "export const onRequest = (", "public/index.html": "home" };
    const codes = (await problemsOf(files)).map(({ code }) => code);
    expect(codes).not.toContain("no-handlers");
    expect(codes).toHaveLength(1);
  });

  test("an export that is only written in a comment is none", async () => {
    const commented = "/*\nexport const onRequest = 1;\n*/\nconst a = 1;\n";
    const problems = await problemsOf({
      "functions/a.js": commented,
      "functions/b.js": "export const onRequest = () => new Response();",
    });
    expect(problems).toEqual([]);
  });
});

describe("what only some runtimes have", () => {
  const USES_NODE = importing("node:crypto").replace("a0 from", "{ randomUUID as a0 } from");

  test("node: modules are there on servers without a flag", async () => {
    expect(await problemsOf({ "functions/a.js": USES_NODE })).toEqual([]);
  });

  test("for Workers they need nodejs_compat: one problem for all, at the first import", async () => {
    const files = { "functions/a.js": `import "node:fs";\n${USES_NODE}`, "functions/b.js": USES_NODE };
    expect(await problemsOf(files, {}, ["workers"])).toMatchObject([
      {
        severity: "error",
        code: "node-compat-missing",
        message: 'Workers has no "node:crypto", "node:fs" without the compatibility flag nodejs_compat',
        file: "functions/a.js",
        line: 2,
      },
    ]);
    expect(await problemsOf(files, { compatibilityFlags: ["nodejs_compat"] }, ["workers"])).toEqual([]);
  });

  test("a bare name of Node's is a package without the flag", async () => {
    expect(await problemsOf({ "functions/a.js": importing("fs") })).toMatchObject([
      { code: "import-unresolved", remedy: expect.stringContaining("nodejs_compat") },
    ]);
  });

  test("cloudflare: modules are there for Workers, and refused for servers by name and place", async () => {
    const files = {
      "functions/a.js":
        'import { connect } from "cloudflare:sockets";\nexport const onRequest = () => new Response(connect);',
    };
    expect(await problemsOf(files, {}, ["workers"])).toEqual([]);
    expect(await problemsOf(files, {}, ["node"])).toMatchObject([
      {
        code: "import-workers-only",
        file: "functions/a.js",
        line: 1,
        message: '"cloudflare:sockets" exists on Workers only',
      },
    ]);
  });

  test("of cloudflare:workers servers have the simple parts", async () => {
    const source = (name: string) =>
      `import { ${name} } from "cloudflare:workers";\nexport const onRequest = () => new Response(${name});`;
    expect(await problemsOf({ "functions/a.js": source("WorkerEntrypoint") })).toEqual([]);
    expect(await problemsOf({ "functions/a.js": source("DurableObject") })).toMatchObject([
      {
        code: "import-workers-only",
        message: '"DurableObject" of "cloudflare:workers" exists on Workers only',
        line: 1,
      },
    ]);
  });

  test("a target that the code does not fit is left out with a warning, if that was allowed", async () => {
    const project = await createProject({ "functions/a.js": USES_NODE });
    const { targets, problems, site } = await project.build({
      targets: ["node", "workers"],
      skipUnfitTargets: true,
    });
    expect(targets).toEqual(["node"]);
    expect(site).toBeDefined();
    expect(problems).toMatchObject([
      { severity: "warning", message: expect.stringMatching(/^Not built for Workers: /) },
    ]);
  });

  test("a mistake that every target has is an error all the same", async () => {
    const project = await createProject({ "functions/a.js": importing("./gone") });
    const { problems, site } = await project.build({ targets: ["node", "workers"], skipUnfitTargets: true });
    expect(site).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", code: "import-unresolved" }]);
  });
});

describe("warnings with file and line", () => {
  const OPAQUE = "// answers itself\n\nexport const onRequest = () => new Response();\n";

  test("a near miss of a handler's name", async () => {
    const files = { "functions/a.js": `${OPAQUE}\nexport const onRequestOpeions = 1;\n` };
    expect(await problemsOf(files)).toMatchObject([
      { severity: "warning", code: "near-miss-export", file: "functions/a.js", line: 5 },
    ]);
  });

  test("two files for one route", async () => {
    const files = { "functions/a.js": OPAQUE, "functions/a/index.js": OPAQUE };
    expect(await problemsOf(files)).toMatchObject([
      { severity: "warning", code: "duplicate-route", file: "functions/a.js", line: 3 },
    ]);
  });

  test("two files whose names differ in case only, which are one route", async (context) => {
    const { root, build } = await createProject({ "functions/Ab.js": OPAQUE, "functions/ab.js": OPAQUE });
    if (existsSync(join(root, "functions/aB.js"))) context.skip("the file system takes both names for one");
    const { problems } = await build();
    expect(problems).toContainEqual(
      expect.objectContaining({ severity: "error", code: "case-twins", file: "functions/ab.js", line: 3 }),
    );
  });

  test("static files that a function hides, once per function", async () => {
    const problems = await problemsOf({
      "functions/about.js": OPAQUE,
      "functions/img/[[path]].js": OPAQUE,
      "public/about.html": "about",
      "public/img/a b.png": "a",
      "public/img/b.png": "b",
      "public/img/c.png": "c",
      "public/other.html": "other",
    });
    expect(problems.map(({ code, file, line, message }) => [code, file, line, message])).toEqual([
      [
        "asset-hidden",
        "functions/about.js",
        3,
        "This function answers for the static file /about.html, which no request reaches",
      ],
      [
        "asset-hidden",
        "functions/img/[[path]].js",
        3,
        "This function answers for the static file /img/a b.png and 2 others, which no request reaches",
      ],
    ]);
  });

  test("no word where the function may let the request through, or is not invoked there", async () => {
    const asset = { "public/about.html": "about" };
    expect(
      await problemsOf({ ...asset, "functions/about.js": "export const onRequest = (c) => c.next();" }),
    ).toEqual([]);
    expect(
      await problemsOf({
        ...asset,
        "functions/about.js": "export const onRequest = ({ env, request }) => env.ASSETS.fetch(request);",
      }),
    ).toEqual([]);
    const routes = '{ "version": 1, "include": ["/*"], "exclude": ["/about"] }';
    expect(
      await problemsOf({ ...asset, "public/_routes.json": routes, "functions/about.js": OPAQUE }),
    ).toEqual([]);
  });

  test("redirects that a function answers before", async () => {
    const problems = await problemsOf({
      "functions/api/[[path]].js": OPAQUE,
      "functions/old.js": OPAQUE,
      "public/_redirects": "/fine /x\n/old /new\n/api/v1/* /api/:splat\n/*/old /x\n",
    });
    expect(problems.map(({ code, file, line }) => [code, file, line])).toEqual([
      ["redirect-hidden", "public/_redirects", 2],
      ["redirect-hidden", "public/_redirects", 3],
    ]);
  });

  test("a functions directory in which nothing is a handler", async () => {
    expect(
      await problemsOf({ "functions/helper.js": "export const a = 1;", "public/index.html": "x" }),
    ).toMatchObject([{ severity: "warning", code: "no-handlers", file: "functions" }]);
  });

  test("faults in the special files, with their lines", async () => {
    const problems = await problemsOf({
      "public/_headers": "/a\n  broken line\n",
      "public/_redirects": "/a /b 999\n",
      "public/sub/_redirects": "nonsense",
      "public/sub/_headers": "nonsense",
      "public/sub/_routes.json": "nonsense",
      "functions/a.js": OPAQUE,
    });
    expect(new Set(problems.map(({ file }) => file))).toEqual(
      new Set(["public/_headers", "public/_redirects"]),
    );
    expect(problems.every(({ severity, line }) => severity === "warning" && line !== undefined)).toBe(true);
  });

  test("an invalid _routes.json is an error, but only Pages reads it", async () => {
    const files = { "public/_routes.json": '{ "version": 2 }', "functions/a.js": OPAQUE };
    expect(await problemsOf(files)).toMatchObject([{ severity: "error", file: "public/_routes.json" }]);
    expect(
      await problemsOf(files, { conventions: "workers", htmlHandling: "none", functionsDir: undefined }),
    ).toEqual([]);
  });

  test("an invalid _routes.json is nobody's business where there is nothing to invoke", async () => {
    const broken = { "public/_routes.json": "nonsense", "public/index.html": "home" };
    expect(await problemsOf(broken)).toEqual([]);
    const helper = { ...broken, "functions/helper.js": "export const a = 1;" };
    expect(await problemsOf(helper)).toMatchObject([{ code: "no-handlers" }]);
    const illegal = { ...broken, "functions/[a-b].js": OPAQUE };
    expect((await problemsOf(illegal)).map(({ code }) => code)).toContain("routes-json-syntax");
  });

  test("files that Workers would not take, when building for Workers", async () => {
    const files = { "public/big.bin": new Uint8Array(26 * 1024 * 1024) };
    expect(await problemsOf(files, {}, ["workers"])).toMatchObject([
      {
        severity: "warning",
        code: "asset-too-large",
        file: "public/big.bin",
        message: expect.stringContaining("26.0 MiB"),
      },
    ]);
    expect(await problemsOf(files, {}, ["node"])).toEqual([]);
  });
});

test("more files than Workers would take are counted with their compressed forms", () => {
  const files = { "/a.txt": { hash: "0", size: 1, type: "text/plain", modified: "" } };
  expect(checkLimits(files, 20_000, "public")).toEqual([]);
  expect(checkLimits(files, 20_001, "public")).toMatchObject([
    {
      severity: "warning",
      code: "assets-too-many",
      file: "public",
      message: expect.stringContaining("20001"),
    },
  ]);
});
