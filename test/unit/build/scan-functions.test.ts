import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listFunctionFiles } from "../../../src/build/function-files.ts";
import { createFunctionScanner } from "../../../src/build/scan-functions.ts";
import { createProject, type ProjectFiles } from "./temp-project.ts";

const HANDLER = "export const onRequest = () => new Response();\n";

async function createScanner(files: ProjectFiles) {
  const project = await createProject(files);
  return { ...project, scanner: createFunctionScanner(project.root, join(project.root, "functions")) };
}

async function exportsOf(files: ProjectFiles): Promise<Record<string, string[]>> {
  const { scanner } = await createScanner(files);
  const scan = await scanner.scan();
  expect(scan.problems).toEqual([]);
  return Object.fromEntries(scan.files.map(({ file, exports }) => [file, exports]));
}

describe("listFunctionFiles", () => {
  test("lists names in byte order, all files of a level before deeper levels", async () => {
    const names = ["b.js", "B.js", "a/z.js", "_a.js", "ü.js", "a/b/c.js", "z/a.js", "𝒳.js", "ﬀ.js"];
    const { root } = await createProject(
      Object.fromEntries(names.map((name) => [`functions/${name}`, HANDLER])),
    );
    expect(listFunctionFiles(join(root, "functions"))).toEqual([
      ..."B.js _a.js b.js ü.js ﬀ.js 𝒳.js".split(" "),
      ..."a/z.js z/a.js a/b/c.js".split(" "),
    ]);
  });

  test("takes the five extensions and skips no name that has one", async () => {
    const names = [
      "a.js",
      "b.mjs",
      "c.ts",
      "d.tsx",
      "e.jsx",
      ".dot.js",
      "f.test.js",
      "l.d.js",
      "m.d.tsx",
      "node_modules/g/index.js",
    ];
    const others = ["h.cjs", "i.json", "j.mts", "k.js.map", "n.d.ts", "README.md"];
    const files = Object.fromEntries([...names, ...others].map((name) => [`functions/${name}`, HANDLER]));
    const { root } = await createProject(files);
    expect(new Set(listFunctionFiles(join(root, "functions")))).toEqual(new Set(names));
  });

  test("takes links to files, but none that leads nowhere or to a directory", async () => {
    const { root } = await createProject({ "functions/a.js": HANDLER, "lib/b.js": HANDLER });
    const link = (target: string, name: string) => symlink(target, join(root, "functions", name));
    await Promise.all([link("../lib/b.js", "b.js"), link("../lib", "dir.js"), link("gone", "gone.js")]);
    expect(listFunctionFiles(join(root, "functions"))).toEqual(["a.js", "b.js"]);
  });
});

describe("createFunctionScanner", () => {
  test("finds exports in every form but `export *`", async () => {
    expect(
      await exportsOf({
        "functions/const.js": HANDLER,
        "functions/list.js": "const h = 1;\nexport { h as onRequestGet, h as 'onRequestPost' };\n",
        "functions/again.js": 'export { onRequest, x as onRequestHead } from "../lib/h.js";\n',
        "functions/star.js": 'export * from "../lib/h.js";\n',
        "functions/default.js": "export default () => 1;\n",
        "functions/types.ts":
          "export type onRequestGet = 1;\nexport interface onRequestPut {}\nexport const a: number = 1;\n",
        "functions/jsx.js": "export const onRequest = () => <p>text</p>;\n",
        "functions/common.js": "exports.onRequest = () => 1;\n",
      }),
    ).toEqual({
      "const.js": ["onRequest"],
      "list.js": ["onRequestGet", "onRequestPost"],
      "again.js": ["onRequest", "onRequestHead"],
      "star.js": [],
      "default.js": ["default"],
      "types.ts": ["a"],
      "jsx.js": ["onRequest"],
      "common.js": ["default"],
    });
  });

  test("reads a link as the file to which it leads", async () => {
    const { scanner, root } = await createScanner({
      "functions/a.js": HANDLER,
      "lib/b.js": "export { x as onRequestPut };\nlet x;\n",
    });
    await symlink("../lib/b.js", join(root, "functions/b.js"));
    expect(await scanner.scan()).toEqual({
      files: [
        { file: "a.js", exports: ["onRequest"] },
        { file: "b.js", exports: ["onRequestPut"] },
      ],
      problems: [],
    });
  });

  test("runs nothing and resolves no import", async () => {
    const text =
      'import "./missing";\nimport "not-installed";\nthrow new Error("ran");\nexport { onRequest } from "gone";\n';
    expect(await exportsOf({ "functions/a.js": text })).toEqual({ "a.js": ["onRequest"] });
  });

  test("names every broken file at once, with its place, and goes on with the others", async () => {
    const { scanner } = await createScanner({
      "functions/a.js": "export const = 1;\n",
      "functions/b/helper.ts": "const x: number = ;\n",
      "functions/good.js": HANDLER,
    });
    const { files, problems } = await scanner.scan();
    expect(files.map(({ file }) => file)).toEqual(["good.js"]);
    expect(problems).toMatchObject([
      {
        severity: "error",
        code: "syntax-error",
        file: "functions/a.js",
        line: 1,
        column: 14,
        excerpt: "export const = 1;",
      },
      { severity: "error", file: "functions/b/helper.ts", line: 1, column: 19 },
    ]);
    expect(problems.every(({ remedy }) => remedy !== undefined)).toBe(true);
  });

  test("sees files that changed, came and went between two scans", async () => {
    const { scanner, write, root } = await createScanner({
      "functions/a.js": HANDLER,
      "functions/b.js": HANDLER,
    });
    await scanner.scan();
    await write({
      "functions/a.js": "export { x as onRequestGet };\nconst x = 1;\n",
      "functions/c.js": HANDLER,
    });
    await rm(join(root, "functions/b.js"));
    expect((await scanner.scan()).files).toEqual([
      { file: "a.js", exports: ["onRequestGet"] },
      { file: "c.js", exports: ["onRequest"] },
    ]);
  });

  test("parses plainly read files later unless bundling has confirmed them", async () => {
    const { scanner, root } = await createScanner({
      "functions/a.js": HANDLER,
      "functions/broken.js": "export const onRequestGet = ;\n",
    });
    const plain = await scanner.scanPlainly();
    expect([plain.files.length, plain.problems]).toEqual([2, []]);
    scanner.confirm([join(root, "functions/a.js")]);
    const exact = await scanner.scan();
    expect(exact.files).toEqual([{ file: "a.js", exports: ["onRequest"] }]);
    expect(exact.problems).toMatchObject([{ file: "functions/broken.js" }]);
  });
});
