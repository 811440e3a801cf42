import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadProject, type ProjectOptions } from "../../../src/config/load-project.ts";

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function makeProject(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "causeway-config-"));
  roots.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

async function load(files: Record<string, string>, options: Partial<ProjectOptions> = {}) {
  const root = makeProject(files);
  const result = await loadProject({ directory: root, ...options });
  return { root, ...result, codes: result.problems.map((problem) => problem.code) };
}

const PAGE = { "public/index.html": "home" };
const ROUTE = { "functions/a.js": "export const onRequest = () => new Response()" };

describe("directories", () => {
  test("functions/ and public/ are found, and one of them is enough", async () => {
    const both = await load({ ...PAGE, ...ROUTE });
    expect(both.project).toMatchObject({
      functionsDir: join(both.root, "functions"),
      assetsDir: join(both.root, "public"),
    });
    expect((await load(PAGE)).project?.functionsDir).toBeUndefined();
    expect((await load(ROUTE)).project?.assetsDir).toBeUndefined();
  });

  test("a project with neither is refused with a remedy", async () => {
    const { project, problems } = await load({ "readme.md": "" });
    expect(project).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", code: "nothing-to-serve" }]);
    expect(problems[0]?.remedy).toContain("--assets");
  });

  test("a directory that does not exist is refused", async () => {
    expect((await loadProject({ directory: "/nowhere/at/all" })).problems).toMatchObject([
      { code: "directory-missing" },
    ]);
  });

  test("pages_build_output_dir and [assets] directory name the static files", async () => {
    const pages = await load({ "out/index.html": "", "wrangler.toml": 'pages_build_output_dir = "out"' });
    expect(pages.project?.assetsDir).toBe(join(pages.root, "out"));
    const workers = await load({ "out/index.html": "", "wrangler.toml": '[assets]\ndirectory = "./out"' });
    expect(workers.project?.assetsDir).toBe(join(workers.root, "out"));
  });

  test("the command line wins over the configuration, relative to the project or absolute", async () => {
    const files = { "out/a.html": "", "other/b.html": "", "wrangler.toml": 'pages_build_output_dir = "out"' };
    const relative = await load(files, { assets: "other" });
    expect(relative.project?.assetsDir).toBe(join(relative.root, "other"));
    const root = makeProject(files);
    const absolute = await loadProject({ directory: root, assets: join(root, "other") });
    expect(absolute.project?.assetsDir).toBe(join(root, "other"));
  });

  test("a directory of the command line that is missing is an error; a configured one only a warning", async () => {
    const wished = await load({ ...PAGE, ...ROUTE }, { assets: "gone", functions: "gone-too" });
    expect(wished.codes).toEqual(["directory-missing", "directory-missing"]);
    const configured = await load({
      ...ROUTE,
      "wrangler.toml": 'name = "x"\npages_build_output_dir = "out"',
    });
    expect(configured.problems).toMatchObject([{ severity: "warning", file: "wrangler.toml", line: 2 }]);
    expect(configured.project?.functionsDir).toBeDefined();
  });

  test("functions can be switched off", async () => {
    expect((await load({ ...PAGE, ...ROUTE }, { functions: false })).project?.functionsDir).toBeUndefined();
  });
});

describe("conventions", () => {
  test("functions/ or pages_build_output_dir mean Pages, whatever else is configured", async () => {
    const assets = '[assets]\ndirectory = "public"';
    expect((await load({ ...PAGE, ...ROUTE, "wrangler.toml": assets })).project?.conventions).toBe("pages");
    const output = await load({ ...PAGE, "wrangler.toml": `pages_build_output_dir = "public"\n${assets}` });
    expect(output.project?.conventions).toBe("pages");
  });

  test("[assets] or main without functions/ mean Workers, with Workers' defaults", async () => {
    const assets = await load({ ...PAGE, "wrangler.toml": '[assets]\ndirectory = "public"' });
    expect(assets.project).toMatchObject({
      conventions: "workers",
      htmlHandling: "auto-trailing-slash",
      notFound: "none",
      runWorkerFirst: false,
    });
    const main = await load({ "worker.js": "", "wrangler.toml": 'main = "worker.js"' });
    expect(main.project).toMatchObject({ conventions: "workers", main: join(main.root, "worker.js") });
  });

  test("a main that our own build writes leaves a project what it is without it", async () => {
    const config = 'main = "dist/workers.js"\n[assets]\ndirectory = "dist/assets"\nhtml_handling = "none"';
    const { root, project } = await load({ ...PAGE, "wrangler.toml": config });
    expect(project).toMatchObject({
      conventions: "pages",
      htmlHandling: "pages",
      main: undefined,
      assetsDir: join(root, "public"),
    });
  });

  test("a static directory called dist is the user's as long as main is not ours", async () => {
    const { root, project } = await load({
      "dist/index.html": "",
      "wrangler.toml": '[assets]\ndirectory = "dist"',
    });
    expect(project).toMatchObject({ conventions: "workers", assetsDir: join(root, "dist") });
  });

  test("main beside functions/ has no effect, and a main that is missing is an error", async () => {
    const beside = await load({ ...ROUTE, "worker.js": "", "wrangler.toml": 'main = "worker.js"' });
    expect(beside.project?.main).toBeUndefined();
    expect(beside.codes).toEqual(["main-ignored"]);
    const missing = await load({ ...PAGE, "wrangler.toml": 'name = "x"\nmain = "worker.js"' });
    expect(missing.problems).toMatchObject([{ code: "main-missing", line: 2 }]);
  });

  test("the [assets] settings of Workers are read", async () => {
    const config = JSON.stringify({
      assets: {
        directory: "public",
        binding: "FILES",
        html_handling: "drop-trailing-slash",
        not_found_handling: "single-page-application",
        run_worker_first: ["/api/*", "!/api/x"],
      },
    });
    expect((await load({ ...PAGE, "wrangler.json": config })).project).toMatchObject({
      assetsBinding: "FILES",
      htmlHandling: "drop-trailing-slash",
      notFound: "single-page-application",
      runWorkerFirst: ["/api/*", "!/api/x"],
    });
  });
});

describe("configuration files", () => {
  test("json wins over jsonc and jsonc over toml, and the hidden ones are named", async () => {
    const files = {
      ...PAGE,
      "wrangler.toml": 'name = "toml"',
      "wrangler.jsonc": '{ "name": "jsonc", } // ok',
    };
    const two = await load(files);
    expect(two.project?.name).toBe("jsonc");
    expect(two.problems).toMatchObject([
      { severity: "warning", code: "config-hidden", file: "wrangler.toml" },
    ]);
    expect((await load({ ...files, "wrangler.json": '{"name":"json"}' })).project?.name).toBe("json");
  });

  test("malformed TOML is named with file, line, column and the line itself", async () => {
    const { project, problems } = await load({ ...PAGE, "wrangler.toml": 'name = "x"\nvars = [1, two]\n' });
    expect(project).toBeUndefined();
    expect(problems).toMatchObject([
      { code: "config-syntax", file: "wrangler.toml", line: 2, excerpt: "vars = [1, two]" },
    ]);
  });

  test("malformed JSON is named with each place, once", async () => {
    const text = '{\n  "name": "x"\n  "main": 1,\n  "vars": { "a" 1 }\n}';
    const { problems } = await load({ ...PAGE, "wrangler.jsonc": text });
    expect(problems.map(({ line }) => line)).toEqual([3, 4]);
    expect(problems[0]?.excerpt).toBe('"main": 1,');
  });

  test("every wrong value is named at once, with its place", async () => {
    const config =
      'name = 1\ncompatibility_date = "soon"\n[assets]\ndirectory = "public"\nhtml_handling = "maybe"';
    const { problems } = await load({ ...PAGE, "wrangler.toml": config });
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [1, "config-value"],
      [2, "config-value"],
      [5, "config-value"],
    ]);
    expect(problems[2]?.message).toContain('"drop-trailing-slash"');
  });

  test("a date needs no quotes in TOML", async () => {
    const { project } = await load({ ...PAGE, "wrangler.toml": "compatibility_date = 2026-01-02" });
    expect(project?.compatibilityDate).toBe("2026-01-02");
  });

  test("bindings that only Workers have are named, with a warning", async () => {
    const config =
      '[[kv_namespaces]]\nbinding = "KV"\nid = "1"\n[env.live]\nname = "x"\n[[env.live.d1_databases]]\nbinding = "D"';
    expect((await load({ ...PAGE, "wrangler.toml": config })).problems).toMatchObject([
      { severity: "warning", code: "binding-unsupported", line: 1 },
    ]);
    expect(
      (await load({ ...PAGE, "wrangler.toml": config }, { environment: "live" })).problems,
    ).toMatchObject([{ severity: "warning", code: "binding-unsupported", line: 6 }]);
  });
});

describe("environments", () => {
  const config = `
name = "base"
compatibility_flags = ["nodejs_compat"]
[vars]
A = "top"
B = { deep = [1, true] }
[env.live]
name = "live-name"
[env.live.vars]
A = "live"
[env.bare]
`;

  test("without a name the top level counts", async () => {
    const { project } = await load({ ...PAGE, "wrangler.toml": config });
    expect(project).toMatchObject({ name: "base", vars: { A: "top", B: { deep: [1, true] } } });
  });

  test("variables are not inherited, flags and names are", async () => {
    const live = await load({ ...PAGE, "wrangler.toml": config }, { environment: "live" });
    expect(live.project).toMatchObject({
      name: "live-name",
      vars: { A: "live" },
      compatibilityFlags: ["nodejs_compat"],
    });
    const bare = await load({ ...PAGE, "wrangler.toml": config }, { environment: "bare" });
    expect(bare.project).toMatchObject({ name: "base", vars: {} });
  });

  test("an environment that is not configured is refused with those that are", async () => {
    const { problems } = await load({ ...PAGE, "wrangler.toml": config }, { environment: "prod" });
    expect(problems).toMatchObject([{ code: "config-environment", file: "wrangler.toml" }]);
    expect(problems[0]?.remedy).toContain('"live", "bare"');
  });
});

describe("variables", () => {
  test(".dev.vars hides .env, and bindings of the command line win over all", async () => {
    const files = {
      ...PAGE,
      ".dev.vars": "A=dev\nB=dev",
      ".env": "A=env\nC=env",
      "wrangler.toml": '[vars]\nA = "conf"',
    };
    const { project } = await load(files, { bindings: { B: "line" } });
    expect(project?.vars).toEqual({ A: "conf", B: "line" });
    expect(project?.devVars).toEqual({ A: "dev", B: "line" });
  });

  test("without .dev.vars the .env files are read, local ones last, with references", async () => {
    const { project } = await load({ ...PAGE, ".env": "A=1\nB=$A", ".env.local": "A=2" });
    expect(project?.devVars).toEqual({ A: "2", B: "2" });
  });

  test("an environment has its own .dev.vars", async () => {
    const files = {
      ...PAGE,
      ".dev.vars": "A=all",
      ".dev.vars.live": "A=live",
      "wrangler.toml": "[env.live]\n[env.test]",
    };
    expect((await load(files, { environment: "live" })).project?.devVars).toEqual({ A: "live" });
    expect((await load(files, { environment: "test" })).project?.devVars).toEqual({ A: "all" });
  });
});

describe("package.json", () => {
  test("gives the name and the settings of new projects", async () => {
    const manifest = JSON.stringify({ name: "from-package", causeway: { navigationFallbackOnly: true } });
    expect((await load({ ...PAGE, "package.json": manifest })).project).toMatchObject({
      name: "from-package",
      navigationFallbackOnly: true,
      immutableFingerprints: false,
    });
  });

  test("directoryIndexes completes html_handling none, and nothing else", async () => {
    const manifest = JSON.stringify({ causeway: { directoryIndexes: true } });
    const files = { "static/index.html": "x", "package.json": manifest };
    const config = '[assets]\ndirectory = "static"\n';
    const none = await load({ ...files, "wrangler.toml": `${config}html_handling = "none"` });
    expect(none.project?.htmlHandling).toBe("index");
    expect((await load({ ...files, "wrangler.toml": config })).codes).toEqual(["config-value"]);
    expect((await load({ ...PAGE, "package.json": manifest })).codes).toEqual(["config-value"]);
  });

  test("names keys of package.json that do not exist, with their place and what may be meant", async () => {
    const manifest =
      '{\n  "causeway": {\n    "directoryIndex": true,\n    "server": {},\n    "precompress": 1\n  }\n}\n';
    const { problems } = await load({ ...PAGE, "package.json": manifest });
    expect(problems).toMatchObject(
      [
        {
          severity: "warning",
          code: "config-key",
          file: "package.json",
          line: 3,
          remedy: /directoryIndexes/,
        },
        { severity: "warning", code: "config-key", file: "package.json", line: 5, remedy: /The keys are/ },
      ].map(({ remedy, ...problem }) => ({ ...problem, remedy: expect.stringMatching(remedy) })),
    );
  });

  test("early hints are Pages' default, and one may have more or none", async () => {
    const settingOf = async (files: Record<string, string>, earlyHints?: unknown) => {
      const manifest = JSON.stringify({ causeway: { earlyHints } });
      return (await load({ ...files, "package.json": manifest })).project?.earlyHints;
    };
    const workers = { "static/index.html": "x", "wrangler.toml": '[assets]\ndirectory = "static"' };
    expect([await settingOf(PAGE), await settingOf(workers)]).toEqual([true, false]);
    expect([await settingOf(PAGE, false), await settingOf(workers, true)]).toEqual([false, true]);
    expect(await settingOf(PAGE, "before-functions")).toBe("before-functions");
    const wrong = await load({ ...PAGE, "package.json": '{"causeway":{"earlyHints":"always"}}' });
    expect(wrong.codes).toEqual(["config-value"]);
  });

  test("a setting that is no flag is refused", async () => {
    const manifest = JSON.stringify({ causeway: { immutableFingerprints: "yes" } });
    expect((await load({ ...PAGE, "package.json": manifest })).codes).toEqual(["config-value"]);
  });
});
