import { describe, expect, onTestFinished, test, vi } from "vitest";
import { answerOf, createProject, type ProjectFiles, readTree } from "./temp-project.ts";

/** (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)) */
const ADD_WASM = Buffer.from("AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=", "base64");

/** Builds one function file beside others and runs it. */
async function run(
  source: string,
  files: ProjectFiles = {},
  flags: string[] = [],
  name = "a.js",
): Promise<unknown> {
  const project = await createProject(
    { [`functions/${name}`]: source, ...files },
    { compatibilityFlags: flags },
  );
  const { problems } = await project.build();
  expect(problems).toEqual([]);
  return answerOf(await project.load(), name);
}

describe("what a function can import", () => {
  test.each([
    ["txt", "a note"],
    ["html", "<p>page</p>"],
    ["sql", "select 1;"],
  ])(".%s as a string", async (extension, text) => {
    const source = `import t from "./x.${extension}";\nexport const onRequest = () => Response.json([typeof t, t]);`;
    expect(await run(source, { [`functions/x.${extension}`]: text })).toEqual(["string", text]);
  });

  test("JSON as its value", async () => {
    const source = 'import j from "./x.json";\nexport const onRequest = () => Response.json(j);';
    expect(await run(source, { "functions/x.json": '{"a":[1]}' })).toEqual({ a: [1] });
  });

  test(".bin as an ArrayBuffer", async () => {
    const source = `import b from "./x.bin";
export const onRequest = () => Response.json([Object.prototype.toString.call(b), ...new Uint8Array(b)]);`;
    const bytes = new Uint8Array([1, 2, 255]);
    expect(await run(source, { "functions/x.bin": bytes })).toEqual(["[object ArrayBuffer]", 1, 2, 255]);
  });

  test.each(["./add.wasm", "./add.wasm?module"])("%s as a WebAssembly.Module", async (path) => {
    const source = `import m from "${path}";
export const onRequest = async () => {
  const { exports } = await WebAssembly.instantiate(m);
  return Response.json([m instanceof WebAssembly.Module, exports.add(20, 22)]);
};`;
    expect(await run(source, { "functions/add.wasm": ADD_WASM })).toEqual([true, 42]);
  });

  test("code outside the functions directory, also dynamically", async () => {
    const source = `import { here } from "../src/here";
export const onRequest = async () => new Response(here("a") + (await import("../src/here")).here("b"));`;
    const files = { "src/here.ts": "export const here = (text: string): string => '<' + text + '>';" };
    expect(await run(source, files)).toBe("<a><b>");
  });

  test.each(["workerd", "worker", "browser"])("packages, with the condition %s", async (condition) => {
    const files = {
      "node_modules/dep/package.json": JSON.stringify({
        name: "dep",
        exports: { ".": { node: "./node.js", [condition]: "./chosen.js", default: "./default.js" } },
      }),
      "node_modules/dep/node.js": "export default 'node';",
      "node_modules/dep/chosen.js": "export default 'chosen';",
      "node_modules/dep/default.js": "export default 'default';",
    };
    expect(await run('import d from "dep";\nexport const onRequest = () => new Response(d);', files)).toBe(
      "chosen",
    );
  });

  test("paths of tsconfig.json", async () => {
    const files = {
      "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      "src/greet.ts": "export const greet = (name: string) => 'hello ' + name;",
    };
    const source =
      'import { greet } from "@/greet";\nexport const onRequest = () => new Response(greet("paths"));';
    expect(await run(source, files, [], "a.ts")).toBe("hello paths");
  });

  test("Node's modules with nodejs_compat, by either name, also by require in CommonJS packages", async () => {
    const source = `import { createHash } from "node:crypto";
import { basename } from "path";
import { separator } from "common";
export const onRequest = () => new Response([createHash("sha256").update("").digest("hex").slice(0, 8), basename("/a/b"), separator].join());`;
    const files = {
      "node_modules/common/package.json": '{ "name": "common", "main": "index.js" }',
      "node_modules/common/index.js": 'const path = require("path");\nexports.separator = path.posix.sep;',
    };
    expect(await run(source, files, ["nodejs_compat"])).toBe("e3b0c442,b,/");
  });
});

describe("how a function is compiled", () => {
  const H = 'const React = { createElement: (tag, props, ...children) => tag + ":" + children.join("") };\n';

  test.each(["a.js", "a.jsx", "a.tsx", "a.mjs"])("JSX in %s becomes React.createElement", async (name) => {
    const type = name.endsWith("tsx")
      ? H.replace("props", "props: unknown")
          .replace("tag,", "tag: string,")
          .replace("...children", "...children: string[]")
      : H;
    expect(await run(`${type}export const onRequest = () => new Response(<p>hi</p>);`, {}, [], name)).toBe(
      "p:hi",
    );
  });

  test("JSX as tsconfig.json has it", async () => {
    const files = {
      "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "own" } }',
      "node_modules/own/package.json": '{ "name": "own", "exports": { "./jsx-runtime": "./jsx.js" } }',
      "node_modules/own/jsx.js":
        "export const jsx = (tag, { children }) => ['own', tag, children].join(' ');",
    };
    expect(await run("export const onRequest = () => new Response(<p>hi</p>);", files, [], "a.tsx")).toBe(
      "own p hi",
    );
  });

  test("the globals of Node read as undefined without nodejs_compat, and are there with it", async () => {
    const source = `export const onRequest = () => Response.json(
  [typeof process, typeof Buffer, typeof global, navigator.userAgent]);`;
    expect(await run(source)).toEqual(["undefined", "undefined", "undefined", "Cloudflare-Workers"]);
    expect(await run(source, {}, ["nodejs_compat"])).toEqual([
      "object",
      "function",
      "object",
      "Cloudflare-Workers",
    ]);
  });

  test.each([
    ["staging", "staging"],
    ["", "production"],
  ])("NODE_ENV is that of the environment, else the build's mode: %j gives %s", async (value, expected) => {
    vi.stubEnv("NODE_ENV", value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const source = "export const onRequest = () => new Response(process.env.NODE_ENV);";
    expect(await run(source)).toBe(expected);
  });

  test("a local variable called like a global of Node stays what it is", async () => {
    expect(await run('const process = "mine";\nexport const onRequest = () => new Response(process);')).toBe(
      "mine",
    );
  });

  test("the source map leads to the sources and holds them", async () => {
    const source = "export const onRequest = () => new Response('mapped');\n";
    const project = await createProject({ "functions/a.ts": source });
    await project.build();
    const map = JSON.parse(await project.read("functions.js.map"));
    expect(map.sources).toContain("../functions/a.ts");
    expect(map.sourcesContent[map.sources.indexOf("../functions/a.ts")]).toBe(source);
    expect(await project.read("functions.js")).toContain("//# sourceMappingURL=functions.js.map");
  });

  test("nothing in a build tells where it was made", async () => {
    const project = await createProject(
      {
        "functions/_middleware.js": 'export { onRequest } from "assets:../extra";',
        "functions/a.js":
          'import m from "./add.wasm";\nimport b from "./x.bin";\nimport { env } from "cloudflare:workers";\nexport const onRequest = () => new Response([m, b, env]);',
        "functions/add.wasm": ADD_WASM,
        "functions/x.bin": "x",
        "extra/a.txt": "a",
      },
      {},
    );
    await project.build({ targets: ["node", "bun", "deno", "workers"] });
    for (const [path, content] of await readTree(project.outDir)) {
      expect([path, content.includes(project.root)]).toEqual([path, false]);
      expect([path, content.includes(process.cwd())]).toEqual([path, false]);
    }
  });
});

describe("what a bundle holds", () => {
  test("only the exports that routes name, so that nothing else is run", async () => {
    const project = await createProject({
      "functions/a.js": "export const onRequestGet = () => new Response();\nexport const other = 1;\n",
      "functions/helper.js": "throw new Error('a module without handlers was run');\nexport default 1;\n",
      "functions/_middleware.js": "export const onRequest = [(c) => c.next()];\n",
    });
    await project.build();
    const { modules } = await project.load();
    expect(Object.entries(modules).map(([file, module]) => [file, Object.keys(module)])).toEqual([
      ["_middleware.js", ["onRequest"]],
      ["a.js", ["onRequestGet"]],
    ]);
  });

  test("the project's own parameter matchers, if a file name uses one", async () => {
    const matchers = {
      "functions/_matchers.ts": "export const even = (value: string) => Number(value) % 2 === 0;\n",
    };
    const used = await createProject({
      ...matchers,
      "functions/[id=even].ts": "export const onRequest = () => new Response();",
    });
    expect((await used.build()).problems).toEqual([]);
    expect(Object.keys((await used.load()).modules)).toEqual(["_matchers.ts", "[id=even].ts"].sort());
    const unused = await createProject({
      ...matchers,
      "functions/[id].ts": "export const onRequest = () => new Response();",
    });
    await unused.build();
    expect(Object.keys((await unused.load()).modules)).toEqual(["[id].ts"]);
  });
});
