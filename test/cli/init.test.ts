// `causeway init` writes a project that builds, routes and type-checks as it is, and writes over nothing.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject, startCli, writeFiles } from "./run-cli.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const FILES = [
  "functions/hello/[name].ts",
  "public/index.html",
  "public/404.html",
  "wrangler.toml",
  "package.json",
  "tsconfig.json",
  ".gitignore",
];

async function init(root: string, ...args: string[]) {
  return startCli(["init", root, ...args]).finished;
}
const readManifest = (root: string) => JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

describe("causeway init", () => {
  test("makes a project that builds without a warning, and says how to go on", async () => {
    const root = join(makeProject({}), "My Site");
    const { code, stdout } = await init(root);
    expect(code).toBe(0);
    for (const file of FILES) expect(stdout).toContain(file);
    expect(stdout).toMatch(/Next:\n {2}cd ".*My Site"\n {2}npm install\n {2}npx causeway dev\n$/);
    expect(readManifest(root)).toMatchObject({
      name: "my-site",
      causeway: { navigationFallbackOnly: true, immutableFingerprints: true },
    });
    const built = await startCli(["build", root, "--strict", "--json"]).finished;
    expect(JSON.parse(built.stdout)).toMatchObject({
      routes: 1,
      assets: 2,
      targets: ["node", "bun", "deno", "workers"],
    });
    const routes = await startCli(["routes", root, "--json"]).finished;
    expect(routes.stdout).toContain("functions/hello/[name].ts".replace("functions/", ""));
  });

  test("what it makes answers", async () => {
    const root = join(makeProject({}), "site");
    await init(root);
    const dev = startCli(["dev", root, "--port", "0"]);
    const [url] = await dev.printed(/http:\/\/127\.0\.0\.1:\d+/);
    expect(await (await fetch(`${url}/hello/Ada`)).json()).toEqual({ hello: "Ada" });
    expect(await (await fetch(url)).text()).toContain("It works");
    expect((await fetch(`${url}/missing.js`)).status).toBe(404);
  });

  test("its types are right", { timeout: 30_000 }, async () => {
    const root = join(makeProject({}), "site");
    await init(root);
    mkdirSync(join(root, "node_modules"));
    symlinkSync(REPOSITORY, join(root, "node_modules/causeway"), "dir");
    const tsc = join(REPOSITORY, "node_modules/.bin/tsc");
    expect(spawnSync(tsc, ["-p", root], { encoding: "utf8" }).stdout).toBe("");
  });

  test("names everything that is in the way, and then writes nothing", async () => {
    const root = makeProject({ "public/index.html": "mine", "wrangler.toml": "" });
    const { code, stderr } = await init(root);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot write "public/index.html": it is there already');
    expect(stderr).toContain('Cannot write "wrangler.toml": it is there already');
    expect(readdirSync(root).sort()).toEqual(["public", "wrangler.toml"]);
    expect(readFileSync(join(root, "public/index.html"), "utf8")).toBe("mine");
  });

  test("adds its settings to a package.json that is there, in the style of that file", async () => {
    const before = '{\n\t"name": "mine",\n\t"scripts": {\n\t\t"dev": "vite"\n\t}\n}\n';
    const root = makeProject({ "package.json": before, ".gitignore": "mine" });
    expect((await init(root)).code).toBe(0);
    expect(readManifest(root)).toEqual({
      name: "mine",
      scripts: {
        dev: "vite",
        build: "causeway build",
        start: "causeway start --build",
        deploy: "causeway deploy",
      },
      causeway: { navigationFallbackOnly: true, immutableFingerprints: true },
    });
    expect(readFileSync(join(root, "package.json"), "utf8")).toContain('\n\t"causeway": {\n\t\t"nav');
    expect(readFileSync(join(root, ".gitignore"), "utf8")).toBe("mine");
    const settled = makeProject({ "package.json": '{"causeway":{"immutableFingerprints":false}}' });
    await init(settled);
    expect(readManifest(settled)).toMatchObject({ causeway: { immutableFingerprints: false } });
  });

  test("refuses a package.json that it cannot read, and a file in the place of the directory", async () => {
    const root = makeProject({ "package.json": "{", file: "" });
    expect((await init(root)).stderr).toContain('Cannot read "package.json": it holds no JSON object');
    expect(readdirSync(root).sort()).toEqual(["file", "package.json"]);
    const { code, stderr } = await init(join(root, "file"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Cannot write "functions\/hello\/\[name\]\.ts": E\w+\n {2}Choose/);
  });

  test("tells programs what it wrote", async () => {
    const root = makeProject({});
    const { stdout } = await init(root, "--json");
    expect(JSON.parse(stdout)).toEqual({ event: "created", directory: root, files: FILES });
    writeFiles(root, "package.json", "{}");
    const again = JSON.parse((await init(root, "--json")).stdout);
    expect(again.problems.map(({ code }: { code: string }) => code)).toContain("file-exists");
  });
});
