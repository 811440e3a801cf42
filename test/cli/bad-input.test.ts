// Every mistake of a site owner: one clear message with its place and a remedy, and exit code 1.

import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { makeProject, runCli, startCli } from "./run-cli.ts";

const PAGE = { "public/index.html": "home" };
const ROUTE = { "functions/hello.js": "export const onRequest = () => new Response('hello')" };

/** Both commands must refuse alike: one that only builds and one that would serve. */
describe.each(["build", "dev"])("causeway %s refuses", (command) => {
  const run = (root: string, ...more: string[]) => runCli([command, root, ...more]);

  test("a project with neither functions/ nor a static directory", async () => {
    const { code, stderr } = await run(makeProject({ "readme.md": "" }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/no functions\/ and no static directory/);
    expect(stderr).toMatch(/public\/index\.html/);
  });

  test("a file name that is no legal route", async () => {
    const root = makeProject({ ...PAGE, "functions/[a-b].js": ROUTE["functions/hello.js"] });
    const { code, stderr } = await run(root);
    expect(code).toBe(1);
    expect(stderr).toContain("functions/[a-b].js");
  });

  test("an import of a directory that is not there", async () => {
    const root = makeProject({ ...PAGE, "functions/x.js": 'export { onRequest } from "assets:./gone";' });
    const { code, stderr } = await run(root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/functions\/x\.js:1:\d+: error: Cannot mount the directory "functions\/gone"/);
  });

  test("a _routes.json that says nothing of use", async () => {
    const { code, stderr } = await run(
      makeProject({ ...PAGE, ...ROUTE, "public/_routes.json": '{ "version": 2 }' }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/public\/_routes\.json: error: /);
  });

  test("a _worker.js without a default export", async () => {
    const { code, stderr } = await run(
      makeProject({ ...PAGE, "public/_worker.js": "export const fetch = 1;" }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/public\/_worker\.js:1: error: The Worker has no default export/);
  });

  test("a syntax error, with its line and column", async () => {
    const root = makeProject({
      ...PAGE,
      "functions/x.js": "\nexport const onRequest = () => {\n  retrun 1 +;\n}",
    });
    const { code, stderr } = await run(root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/functions\/x\.js:3:\d+: error: /);
  });

  test("an import that leads nowhere, with its line", async () => {
    const root = makeProject({
      ...PAGE,
      "functions/x.js": `import a from "./gone.js";\n${ROUTE["functions/hello.js"]}`,
    });
    const { code, stderr } = await run(root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/functions\/x\.js:1:\d+: error: .*\.\/gone\.js/);
  });

  test("a malformed configuration, with its line", async () => {
    const { code, stderr } = await run(
      makeProject({ ...PAGE, "wrangler.toml": 'name = "x"\n[vars\nA = 1\n' }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/wrangler\.toml:2:\d+: error: /);
  });

  test("an unknown option, with the nearest one", async () => {
    const { code, stderr } = await run(makeProject(PAGE), "--prot", "1");
    expect(code).toBe(1);
    expect(stderr).toContain("There is no option --prot");
    expect(stderr).toContain('"--port"');
  });

  test("all mistakes at once, and counts them", async () => {
    const root = makeProject({
      ...PAGE,
      "functions/[a-b].js": "export const onRequest = () => 1",
      "functions/x.js": "export const onRequest = (",
      "functions/y.js": 'import "./gone.js"; export const onRequest = () => 1',
    });
    const { stderr } = await run(root);
    expect(stderr).toContain("functions/[a-b].js");
    expect(stderr).toMatch(/functions\/x\.js:1:\d+/);
    expect(stderr).toMatch(/functions\/y\.js:1:\d+/);
    expect(stderr).toMatch(/^3 errors/m);
  });

  test("warnings as well with --strict", async () => {
    const root = makeProject({ ...PAGE, ...ROUTE, "functions/hello/index.js": ROUTE["functions/hello.js"] });
    expect((await run(root, "--strict")).code).toBe(1);
  });
});

describe("causeway build warns with file and line, and goes on", () => {
  const build = (files: Record<string, string>) => runCli(["build", makeProject({ ...PAGE, ...files })]);

  test("about two files for one route, saying which wins", async () => {
    const { code, stderr } = await build({
      ...ROUTE,
      "functions/hello/index.js": ROUTE["functions/hello.js"],
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: /);
    expect(stderr).toContain("hello/index.js");
    expect(stderr).toContain("hello.js");
  });

  test("about an export that nearly has a handler's name", async () => {
    const text = "export const onRequest = () => new Response();\nexport const onRequestOpeions = () => 1;";
    const { code, stderr } = await build({ "functions/a.js": text });
    expect(code).toBe(0);
    expect(stderr).toMatch(/functions\/a\.js.*warning: .*onRequestOpeions/);
    expect(stderr).toContain("onRequestOptions");
  });

  test("about a functions/ in which nothing exports a handler", async () => {
    const { code, stderr } = await build({ "functions/a.js": "export const helper = 1" });
    expect(code).toBe(0);
    expect(stderr).toMatch(/functions\/?.*warning: |warning: .*functions/);
  });

  test("but not about one helper module among routes", async () => {
    const { code, stderr } = await build({ ...ROUTE, "functions/helper.js": "export const helper = 1" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("an application that cannot be loaded", () => {
  test.each([
    [
      "throws in a function file",
      { "functions/a.js": `throw new Error("boot trouble");\n${ROUTE["functions/hello.js"]}` },
      /threw while loading: Error: boot trouble/,
    ],
    [
      "is a Worker without fetch",
      { "public/_worker.js": "export default {};" },
      /default export has no fetch\s+Export an object with fetch/,
    ],
    [
      "is a Worker that is a function",
      { "public/_worker.js": "export default () => 1;" },
      /default export has no fetch/,
    ],
  ])("stops dev and start with exit code 1: it %s", async (_what, files, message) => {
    const root = makeProject({ ...PAGE, ...files } as Record<string, string>);
    expect((await runCli(["build", root])).code).toBe(0);
    for (const command of ["dev", "start"]) {
      const { code, stderr } = await runCli([command, root, "--port", "0"]);
      expect([command, code]).toEqual([command, 1]);
      expect(stderr).toMatch(message);
    }
  });
});

describe("a port in use", () => {
  test("start names it and ends; dev takes the next free one and says so", async () => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(0, "127.0.0.1", done));
    try {
      const { port } = holder.address() as { port: number };
      const root = makeProject(PAGE);
      expect((await runCli(["build", root])).code).toBe(0);
      const refused = await runCli(["start", root, "--port", String(port)]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(`port ${port} is in use`);

      const dev = startCli(["dev", root, "--port", String(port)]);
      const [, found] = await dev.printed(/http:\/\/127\.0\.0\.1:(\d+)/);
      expect(Number(found)).toBeGreaterThan(port);
      expect(dev.output()).toContain(`Port ${port} is in use`);
    } finally {
      holder.close();
    }
  });
});

describe("the command line", () => {
  test("explains itself and each command, with examples", async () => {
    for (const args of [
      ["--help"],
      [],
      ["dev", "--help"],
      ["build", "-h"],
      ["start", "-h"],
      ["routes", "-h"],
      ["deploy", "-h"],
    ]) {
      const { code, stdout } = await runCli(args);
      expect(code).toBe(0);
      expect(stdout).toContain("Examples:");
      expect(stdout).toMatch(/causeway \w+/);
    }
  });

  test("prints its version", async () => {
    expect((await runCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("names an unknown command", async () => {
    expect(await runCli(["serve"])).toMatchObject({ code: 1, stdout: "" });
  });

  test("takes storage that is not provided for a warning, and with --strict for an error", async () => {
    const { code, stderr } = await runCli(["dev", makeProject(PAGE), "--kv", "CACHE", "--strict"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("`env` will not have CACHE: KV is not supported yet"),
    });
  });

  test("says what is missing where there is no build", async () => {
    const { code, stderr } = await runCli(["start", makeProject(PAGE)]);
    expect(code).toBe(1);
    expect(stderr).toContain("causeway build");
  });

  test("gives problems to programs as JSON", async () => {
    const { code, stdout, stderr } = await runCli(["build", makeProject({ "wrangler.json": "{" }), "--json"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout).problems).toMatchObject([
      { severity: "error", file: "wrangler.json", line: 1 },
    ]);
  });

  test("colours nothing that is not read on a terminal", async () => {
    const { stderr } = await runCli(["build", makeProject({})]);
    expect(stderr).toContain("error: ");
    expect(stderr).not.toContain("\u001b[");
  });
});
