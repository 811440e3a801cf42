import { describe, expect, test } from "vitest";
import type { Project } from "../../../src/config/project.ts";
import { createGateway } from "../../../src/gateway/create-gateway.ts";
import { createProject, type ProjectFiles } from "./temp-project.ts";

interface Worker {
  fetch(request: Request, env?: unknown): Promise<Response>;
}

const FETCH = "export default { fetch: () => new Response('worker') };\n";

async function ask(files: ProjectFiles, path = "/", settings: Partial<Project> = {}): Promise<string> {
  const project = await createProject(files, settings);
  const { problems } = await project.build();
  expect(problems).toEqual([]);
  const { worker } = await project.load();
  return (await (worker as Worker).fetch(new Request(`http://localhost${path}`))).text();
}

describe("_worker.js as a file", () => {
  test("is bundled with what it imports, text included", async () => {
    const source = `import { hi } from "./lib/hi.js";
import note from "./lib/note.txt";
export default { fetch: () => new Response(hi() + note) };`;
    expect(
      await ask({
        "public/_worker.js": source,
        "public/lib/hi.js": "export const hi = () => 'hi ';",
        "public/lib/note.txt": "note",
      }),
    ).toBe("hi note");
  });

  test("may be a class that extends WorkerEntrypoint", async () => {
    const project = await createProject({
      "public/_worker.js":
        'import { WorkerEntrypoint } from "cloudflare:workers";\nexport default class extends WorkerEntrypoint { fetch() { return this.env.A + this.ctx.B; } }',
    });
    await project.build();
    const Entrypoint = (await project.load()).worker as new (
      ctx: unknown,
      env: unknown,
    ) => { fetch(): string };
    expect(new Entrypoint({ B: "b" }, { A: "a" }).fetch()).toBe("ab");
  });

  test("finds in the env that it imports what it is given", async () => {
    const project = await createProject({
      "public/_worker.js":
        'import { env } from "cloudflare:workers";\nexport default { fetch: (_, own) => Response.json([env.A, "A" in env, "B" in env, Object.keys(env).length === Object.keys(own).length]) };',
    });
    await project.build();
    const bundle = await project.load();
    const handler = createGateway({
      site: { application: { kind: "worker", invocation: undefined, first: { kind: "always" } } },
      bundle,
      fetchAsset: async () => new Response(),
      fetchMissing: async () => new Response(null, { status: 404 }),
      assetsBinding: "ASSETS",
    });
    const context = { waitUntil() {}, passThroughOnException() {}, requestId: "1", clientAddress: undefined };
    const response = await handler(new Request("http://localhost/"), { A: "a" }, context);
    expect(await response.json()).toEqual(["a", true, false, true]);
  });

  test("is never a static file", async () => {
    const project = await createProject({ "public/_worker.js": FETCH, "public/a.txt": "a" });
    expect(Object.keys((await project.build()).site?.assets.files ?? {})).toEqual(["/a.txt"]);
  });
});

describe("_worker.js as a directory", () => {
  const DIRECTORY: ProjectFiles = {
    "public/_worker.js/index.js": `import { a } from "./chunks/a.js";
import dep from "dep";
const load = async (name) => (await import("./chunks/" + name)).default;
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/static") return new Response(a + dep);
    if (pathname === "/literal") return new Response((await import("./chunks/b.mjs")).default);
    const computed = [".", "chunks", "b.mjs"].join("/");
    if (pathname === "/computed") return new Response((await import(computed)).default);
    return new Response(await load("b.mjs"));
  },
};`,
    "public/_worker.js/chunks/a.js": 'export { b as a } from "./c.js";',
    "public/_worker.js/chunks/c.js": "export const b = 'chunk a ';",
    "public/_worker.js/chunks/b.mjs": "export default 'chunk b';",
    "node_modules/dep/package.json": '{ "name": "dep", "main": "index.js" }',
    "node_modules/dep/index.js": "module.exports = 'package';",
  };

  test.each([
    ["/static", "chunk a package"],
    ["/literal", "chunk b"],
    ["/pattern", "chunk b"],
    ["/computed", "chunk b"],
  ])("reaches its modules by imports of every kind: %s", async (path, answer) => {
    expect(await ask(DIRECTORY, path)).toBe(answer);
  });

  test("loads anew when any of its modules changed", async () => {
    const project = await createProject(DIRECTORY);
    await project.build();
    const before = await project.read("functions.js");
    await project.write({ "public/_worker.js/chunks/b.mjs": "export default 'changed';" });
    await project.build();
    expect(await project.read("functions.js")).not.toBe(before);
  });

  test("needs an index.js", async () => {
    const project = await createProject({ "public/_worker.js/other.js": FETCH });
    expect((await project.build()).problems).toMatchObject([
      { severity: "error", code: "worker-missing", file: "public/_worker.js/index.js" },
    ]);
  });

  test("a syntax error in any module is told with its place", async () => {
    const project = await createProject({
      "public/_worker.js/index.js": FETCH,
      "public/_worker.js/b.mjs": "\nexport const = 1",
    });
    expect((await project.build()).problems).toMatchObject([
      { code: "syntax-error", file: "public/_worker.js/b.mjs", line: 2 },
    ]);
  });
});

describe("a Worker's main beside static files", () => {
  const settings: Partial<Project> = {
    conventions: "workers",
    htmlHandling: "auto-trailing-slash",
    notFound: "none",
  };

  test("is bundled, TypeScript included", async () => {
    const project = await createProject(
      { "src/main.ts": "export default { fetch: (r: Request): Response => new Response(r.method) };" },
      settings,
    );
    project.project.main = `${project.root}/src/main.ts`;
    expect((await project.build()).problems).toEqual([]);
    const { worker } = await project.load();
    expect(await (await (worker as Worker).fetch(new Request("http://localhost/"))).text()).toBe("GET");
  });

  test.each([
    [false, { kind: "assets-first" }],
    [true, { kind: "always" }],
    [["/api/*", "!/api/docs/*"], { kind: "patterns", worker: ["/api/*"], assets: ["/api/docs/*"] }],
  ])("run_worker_first %j", async (runWorkerFirst, first) => {
    const project = await createProject(
      { "src/main.js": FETCH, "public/a.txt": "a" },
      { ...settings, runWorkerFirst },
    );
    project.project.main = `${project.root}/src/main.js`;
    expect((await project.build()).site?.application).toMatchObject({ kind: "worker", first });
  });

  test("a _worker.js among the static files is no Worker there, and is told", async () => {
    const project = await createProject({ "public/_worker.js": FETCH, "public/a.txt": "a" }, settings);
    const { site, problems } = await project.build();
    expect(site?.application.kind).toBe("none");
    expect(Object.keys(site?.assets.files ?? {})).toEqual(["/a.txt"]);
    expect(problems).toMatchObject([
      { severity: "warning", code: "worker-among-assets", file: "public/_worker.js" },
    ]);
  });

  test("that is missing is named", async () => {
    const project = await createProject({ "public/a.txt": "a" }, settings);
    project.project.main = `${project.root}/src/main.ts`;
    expect((await project.build()).problems).toMatchObject([{ code: "worker-missing", file: "src/main.ts" }]);
  });
});

describe("any Worker", () => {
  test("without a default export is refused", async () => {
    const project = await createProject({ "public/_worker.js": 'addEventListener("fetch", () => {});' });
    const { site, problems } = await project.build();
    expect(site).toBeUndefined();
    expect(problems).toMatchObject([
      { severity: "error", code: "worker-default-missing", file: "public/_worker.js", line: 1 },
    ]);
  });

  test("gets a bundle for Workers of its own where it needs what only they have", async () => {
    const project = await createProject({
      "public/_worker.js":
        'import { env } from "cloudflare:workers";\nexport default { fetch: () => new Response(env.A) };',
    });
    await project.build({ targets: ["node", "workers"] });
    expect(await project.read("node.js")).toContain('"./functions.js"');
    expect(await project.read("workers.js")).toContain('"./functions.workers.js"');
    expect(await project.read("functions.workers.js")).toContain('from "cloudflare:workers"');
    expect(await project.read("functions.js")).not.toContain('from "cloudflare:workers"');
  });
});
