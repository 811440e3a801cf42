import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createSiteBuilder } from "../../../src/build/site-builder.ts";
import { TARGETS } from "../../../src/build/target.ts";
import type { Project } from "../../../src/config/project.ts";
import { createProject, type ProjectFiles, readTree } from "./temp-project.ts";

const HANDLER = "export const onRequest = () => new Response('a');\n";
const SITE: ProjectFiles = {
  "functions/index.ts": HANDLER,
  "functions/users/[id].ts":
    "export const onRequestGet = () => new Response();\nexport const onRequestPut = onRequestGet;\n",
  "functions/_middleware.ts": "export const onRequest = ({ next }) => next();\n",
  "public/a b.txt": "text ".repeat(200),
  "public/style.css": "p { color: red }",
};

describe("the site document", () => {
  test("describes functions, files and settings", async () => {
    const project = await createProject(
      {
        ...SITE,
        "public/_headers": "/a\n  X-A: 1\n",
        "public/_redirects": "/old /new 301\n",
        "public/_routes.json": '{"version":1,"include":["/*"],"exclude":[]}',
      },
      { vars: { B: 1, A: { z: 1, a: 2 } }, compatibilityFlags: ["nodejs_compat"], assetsBinding: "FILES" },
    );
    const { site, problems } = await project.build();
    expect(problems).toEqual([]);
    expect(JSON.parse(await project.read("site.json"))).toEqual(JSON.parse(JSON.stringify(site)));
    expect(site).toMatchObject({
      format: 1,
      name: "test",
      build: expect.stringMatching(/^[0-9a-f]{16}$/),
      application: { kind: "functions", invocation: { include: ["/*"] } },
      assets: {
        binding: "FILES",
        htmlHandling: "pages",
        headers: [{ path: "/a", set: [["x-a", "1"]] }],
        redirects: { exact: [{ from: "/old", to: "/new", status: 301 }], patterns: [] },
      },
      vars: { A: { a: 2, z: 1 }, B: 1 },
      compatibility: { date: "2025-09-01", flags: ["nodejs_compat"] },
    });
    expect(Object.keys(site?.assets.files ?? {})).toEqual(["/a b.txt", "/style.css"]);
  });

  test("lists compressed forms, each a blob of its own", async () => {
    const project = await createProject(SITE);
    const { site } = await project.build();
    const file = site?.assets.files["/a b.txt"];
    expect(Object.keys(file?.encodings ?? {})).toEqual(["br", "gzip", "zstd"]);
    for (const { hash, size } of [file, ...Object.values(file?.encodings ?? {})] as {
      hash: string;
      size: number;
    }[]) {
      expect((await stat(join(project.outDir, "assets", hash.slice(0, 2), hash))).size).toBe(size);
    }
  });

  test("holds no variable of the developer's machine", async () => {
    const project = await createProject(SITE, { devVars: { SECRET: "s3cret" } });
    await project.build();
    for (const content of (await readTree(project.outDir)).values()) expect(content).not.toContain("s3cret");
  });

  test.each<[string, ProjectFiles, unknown]>([
    ["static files alone", { "public/a.txt": "a" }, { kind: "none" }],
    ["functions alone", { "functions/a.js": HANDLER }, { kind: "functions" }],
    [
      "a functions directory without handlers",
      { "functions/a.js": "export const a = 1;", "public/a.txt": "a" },
      { kind: "none" },
    ],
    [
      "_worker.js before functions",
      { "functions/a.js": HANDLER, "public/_worker.js": "export default { fetch() {} };" },
      { kind: "worker", first: { kind: "always" } },
    ],
  ])("names the kind of application: %s", async (_, files, application) => {
    const project = await createProject(files);
    expect((await project.build()).site?.application).toMatchObject(application as object);
  });
});

describe("what is listed as a static file", () => {
  test("not the build, nor functions, where the static directory is the project itself", async () => {
    const project = await createProject({
      "functions/a.js": HANDLER,
      "lib/f/b.js": HANDLER,
      "index.html": "x",
      "src/x.js": "x",
    });
    const { root } = project;
    Object.assign(project.project, { assetsDir: root, functionsDir: join(root, "lib/f") });
    const outDir = join(root, "out");
    await project.build({ outDir });
    const { site } = await project.build({ outDir });
    expect(Object.keys(site?.assets.files ?? {})).toEqual(["/index.html", "/src/x.js"]);
  });

  test("not what a Worker's .assetsignore names", async () => {
    const files = {
      "public/.assetsignore": "*.map\n/private/\n!keep.map\n",
      "public/a.map": "1",
      "public/keep.map": "2",
      "public/private/x": "3",
      "public/sub/private/y": "4",
    };
    const project = await createProject(files, { conventions: "workers", htmlHandling: "none" });
    expect(Object.keys((await project.build()).site?.assets.files ?? {})).toEqual([
      "/keep.map",
      "/sub/private/y",
    ]);
    project.project.conventions = "pages";
    expect(Object.keys((await project.build()).site?.assets.files ?? {})).toHaveLength(4);
  });
});

describe("an output directory", () => {
  test("that is a file stays what it is", async () => {
    const project = await createProject(SITE);
    const file = join(project.root, "notes.md");
    await writeFile(file, "precious");
    const { site, problems } = await project.build({ outDir: file });
    expect(site).toBeUndefined();
    expect(problems).toContainEqual(expect.objectContaining({ code: "output-occupied", severity: "error" }));
    expect(await readFile(file, "utf8")).toBe("precious");
  });
});

describe("building twice", () => {
  test("gives the same bytes, also after `touch`", async () => {
    const project = await createProject(SITE);
    await project.build({ targets: TARGETS });
    const first = await readTree(project.outDir);
    const later = new Date(Date.now() - 3_600_000);
    for (const path of Object.keys(SITE)) await utimes(join(project.root, path), later, later);
    await project.build({ targets: TARGETS });
    expect(await readTree(project.outDir)).toEqual(first);
    expect(first.size).toBeGreaterThan(10);
  });

  test("gives the same bytes without the build before, and in another place but for the dates of files", async () => {
    const project = await createProject(SITE);
    // Whole seconds: a copy keeps them to the digit.
    const made = new Date("2026-01-02T03:04:05Z");
    for (const path of Object.keys(SITE)) await utimes(join(project.root, path), made, made);
    await project.build();
    const first = await readTree(project.outDir);
    await rm(project.outDir, { recursive: true });
    await rm(join(project.root, ".causeway"), { recursive: true });
    await project.build();
    expect(await readTree(project.outDir)).toEqual(first);

    const elsewhere = await createProject({});
    await cp(project.root, elsewhere.root, { recursive: true, preserveTimestamps: true });
    await rm(elsewhere.outDir, { recursive: true });
    Object.assign(elsewhere.project, {
      functionsDir: join(elsewhere.root, "functions"),
      assetsDir: join(elsewhere.root, "public"),
    });
    await elsewhere.build();
    expect(await readTree(elsewhere.outDir)).toEqual(first);
  });

  test("changes the build's name with anything that is served, and with nothing else", async () => {
    const project = await createProject(SITE);
    const names = new Set<string | undefined>();
    const buildName = async () => (await project.build()).site?.build;
    const name = await buildName();
    expect(await buildName()).toBe(name);
    for (const change of [
      { "public/style.css": "p { color: blue }" },
      { "functions/index.ts": HANDLER.replace("'a'", "'b'") },
      { "functions/new.ts": HANDLER },
    ]) {
      await project.write(change);
      names.add(await buildName());
    }
    expect(names.size).toBe(3);
    expect(names).not.toContain(name);
  });
});

describe("writing a build", () => {
  test("replaces the build before as a whole", async () => {
    const project = await createProject(SITE);
    await project.build({ targets: TARGETS });
    await writeFile(join(project.outDir, "stray.js"), "left by hand");
    await rm(join(project.root, "public/style.css"));
    const { site } = await project.build();
    const paths = [...(await readTree(project.outDir)).keys()];
    const text = site?.assets.files["/a b.txt"];
    const hashes = [text, ...Object.values(text?.encodings ?? {})].map((blob) => blob?.hash ?? "");
    expect(paths.sort()).toEqual(
      [
        ...hashes.map((hash) => `assets/${hash.slice(0, 2)}/${hash}`),
        ..."functions.js functions.js.map node.js package.json runtime/node.js site.json".split(" "),
      ].sort(),
    );
    expect((await readdir(project.root)).sort()).toEqual([".causeway", "dist", "functions", "public"]);
  });

  test("leaves everything as it is after an error", async () => {
    const project = await createProject(SITE);
    await project.build();
    const before = await readTree(project.outDir);
    await project.write({ "functions/index.ts": "export const onRequest = ;" });
    expect((await project.build()).site).toBeUndefined();
    expect(await readTree(project.outDir)).toEqual(before);
    expect((await readdir(project.root)).sort()).toEqual([".causeway", "dist", "functions", "public"]);
  });

  test("refuses a directory that holds something else, and writes nothing there", async () => {
    const project = await createProject({ ...SITE, "dist/index.html": "somebody's site" });
    const { site, problems } = await project.build();
    expect(site).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", code: "output-occupied", file: "dist" }]);
    expect([...(await readTree(project.outDir))]).toEqual([["index.html", "somebody's site"]]);
  });

  test("makes the assets directory even without static files: wrangler asks for it", async () => {
    const project = await createProject({ "functions/a.js": HANDLER });
    await project.build({ targets: ["workers"] });
    expect((await stat(join(project.outDir, "assets"))).isDirectory()).toBe(true);
  });

  test("writes an entry per target, which finds all that it imports beside it", async () => {
    const project = await createProject({ "functions/a.js": HANDLER });
    await project.build({ targets: TARGETS });
    for (const target of TARGETS) {
      const imports = [
        ...(await project.read(`${target}.js`)).matchAll(
          /(?:from|URL\() ?"(\.[^"]*)"|import\("(\.[^"]*)"\)/g,
        ),
      ];
      const folders = target === "workers" ? [] : ["./assets/"];
      expect(imports.map(([, path = "", dynamic]) => dynamic ?? path).sort()).toEqual(
        [...folders, "./functions.js", `./runtime/${target}.js`, "./site.json"].sort(),
      );
      for (const [, path, dynamic] of imports) await stat(join(project.outDir, path ?? dynamic ?? ""));
    }
  });

  test("brings the HTML engine along only where code speaks of it", async () => {
    const project = await createProject({ "functions/a.js": HANDLER });
    await project.build();
    expect([...(await readTree(project.outDir)).keys()].some((path) => path.includes("html"))).toBe(false);
    await project.write({
      "functions/a.js": "export const onRequest = () => new HTMLRewriter().transform(new Response(''));",
    });
    await project.build();
    const engines = createRequire(join(project.outDir, "runtime/node.js"))("./html-rewriter");
    expect(engines.HTMLRewriter).toBeTypeOf("function");
    expect(await project.read("runtime/node.js")).toContain('"./html-rewriter"');
  });
});

describe("what a page loads first", () => {
  const PAGE = "<link rel=preload as=style href=/a.css>";
  const linksOf = async (settings: Partial<Project>, options = {}) => {
    const { build } = await createProject({ "public/index.html": PAGE, "public/a.css": PAGE }, settings);
    const files = (await build(options)).site?.assets.files ?? {};
    return [files["/index.html"]?.links, files["/a.css"]?.links];
  };

  test("is in the site document of a build, unless the project does not want it", async () => {
    expect(await linksOf({})).toEqual(['</a.css>; rel="preload"; as=style', undefined]);
    expect(await linksOf({ earlyHints: false })).toEqual([undefined, undefined]);
  });

  test("is left out in development, as on wrangler", async () => {
    expect(await linksOf({}, { mode: "development" })).toEqual([undefined, undefined]);
  });
});

describe("development", () => {
  test("only there the document says whom to answer", async () => {
    const { build } = await createProject(SITE);
    const development = { allowedHosts: ["tunnel.example"] };
    expect((await build({ mode: "development", development })).site?.development).toEqual(development);
    expect((await build()).site).not.toHaveProperty("development");
  });

  async function startDevelopment(files: ProjectFiles) {
    const project = await createProject(files);
    const outDir = join(project.root, ".causeway/dev");
    const builder = createSiteBuilder(project.project, { outDir, targets: ["node"], mode: "development" });
    return { ...project, outDir, builder };
  }

  test("follows files that change, come and go", async () => {
    const { builder, write, root } = await startDevelopment(SITE);
    const paths = async () => {
      const { site } = await builder.build();
      return [
        ...Object.keys(site?.assets.files ?? {}),
        ...(site?.application.kind === "functions" ? site.application.routes : []).map(
          (route) => route.routePath,
        ),
      ];
    };
    const first = await paths();
    await write({ "public/new.txt": "new", "functions/new.ts": HANDLER });
    expect((await paths()).filter((path) => !first.includes(path))).toEqual(["/new.txt", "/new"]);
    await rm(join(root, "functions/new.ts"));
    await rename(join(root, "public/new.txt"), join(root, "public/other.txt"));
    expect((await paths()).filter((path) => !first.includes(path))).toEqual(["/other.txt"]);
    await builder.dispose();
  });

  test("recovers from a broken edit, also of a module that functions import", async () => {
    const { builder, write } = await startDevelopment({
      "functions/a.js": 'import { a } from "../src/a";\nexport const onRequest = () => new Response(a);',
      "src/a.js": "export const a = 1;",
    });
    const { site: first } = await builder.build();
    await write({ "src/a.js": "export const a = ;" });
    const broken = await builder.build();
    expect(broken.site).toBeUndefined();
    expect(broken.problems).toMatchObject([{ file: "src/a.js", line: 1 }]);
    await write({ "src/a.js": "export const a = 2;" });
    const { site: second } = await builder.build();
    expect(second?.build).not.toBe(first?.build);
    await builder.dispose();
  });

  test("keeps the blobs of versions that may still be in use, until the next session", async () => {
    const { builder, write, outDir, project } = await startDevelopment({ "public/a.txt": "one" });
    const { site } = await builder.build();
    const hash = site?.assets.files["/a.txt"]?.hash ?? "";
    const blob = join(outDir, "assets", hash.slice(0, 2), hash);
    await write({ "public/a.txt": "two, longer" });
    await builder.build();
    expect((await stat(blob)).size).toBe(3);
    await builder.dispose();
    const next = createSiteBuilder(project, { outDir, targets: ["node"], mode: "development" });
    await next.build();
    await next.dispose();
    await expect(stat(blob)).rejects.toThrow("ENOENT");
  });

  test("does not compress, and tells what a next build depends on", async () => {
    const { builder, root } = await startDevelopment({
      ...SITE,
      "functions/b.js": `import "../src/b";\n${HANDLER}`,
      "src/b.js": "1;",
    });
    const { site, inputs } = await builder.build();
    expect(site?.assets.files["/a b.txt"]?.encodings).toBeUndefined();
    for (const path of ["functions", "public", "src/b.js", "functions/b.js"])
      expect(inputs).toContain(join(root, path));
    await builder.dispose();
  });
});

describe("two builds at once", () => {
  test("both succeed and leave one whole build", async () => {
    const project = await createProject(SITE);
    await mkdir(project.outDir, { recursive: true });
    const outDirs = [join(project.root, "one"), join(project.root, "two")];
    const builds = await Promise.all(outDirs.map((outDir) => project.build({ outDir })));
    expect(builds.map(({ site }) => site?.build)).toEqual([builds[0]?.site?.build, builds[0]?.site?.build]);
    expect(await readTree(outDirs[0] ?? "")).toEqual(await readTree(outDirs[1] ?? ""));
  });
});
