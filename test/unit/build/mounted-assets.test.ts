import { describe, expect, test } from "vitest";
import { type MountContext, serveMountedAssets } from "../../../src/build/injected/mounted-assets.ts";
import { createProject } from "./temp-project.ts";

const PREFIX = "/cdn-cgi/pages-plugins/0123";

/** Asks a mount; the assets binding answers with the path that it was asked for, or as told. */
async function ask(path: string, functionPath: string, answer?: Response): Promise<Response> {
  const env = { ASSETS: { fetch: async (request: Request) => answer ?? new Response(request.url) } };
  const context: MountContext = {
    request: new Request(`http://localhost${path}`, { redirect: "manual" }),
    functionPath,
    env,
  };
  return serveMountedAssets(PREFIX, "ASSETS")(context);
}

describe("serveMountedAssets", () => {
  test.each([
    ["/mnt", "/mnt", "/"],
    ["/mnt/", "/mnt", "/"],
    ["/mnt/a.txt", "/mnt", "/a.txt"],
    ["/mnt/sub/p?q=1", "/mnt", "/sub/p?q=1"],
    ["/par/7/a.txt", "/par/7", "/a.txt"],
    ["/MNT/a%20b", "/MNT", "/a%20b"],
    ["/a.txt", "/", "/a.txt"],
    ["/$&/x", "/$&", "/x"],
  ])("asks for the path below the mount: %s mounted at %s", async (path, functionPath, below) => {
    expect(await (await ask(path, functionPath)).text()).toBe(`http://localhost${PREFIX}${below}`);
  });

  test("shows clients redirects in terms of the mount", async () => {
    const redirect = (location: string) =>
      new Response(null, { status: 308, headers: { location, "x-kept": "1" } });
    const inside = await ask("/mnt/p.html", "/mnt", redirect(`${PREFIX}/p?q=1`));
    expect([inside.status, inside.headers.get("location"), inside.headers.get("x-kept")]).toEqual([
      308,
      "/mnt/p?q=1",
      "1",
    ]);
    const root = await ask("/p.html", "/", redirect(`${PREFIX}/p`));
    expect(root.headers.get("location")).toBe("/p");
    const outside = await ask("/mnt/x", "/mnt", redirect("/elsewhere"));
    expect(outside.headers.get("location")).toBe("/elsewhere");
  });

  test("says which binding is missing", async () => {
    const context = { request: new Request("http://localhost/"), functionPath: "/", env: {} };
    await expect(serveMountedAssets(PREFIX, "FILES")(context)).rejects.toThrow("FILES");
  });
});

describe("assets: imports", () => {
  test("put the directory's files at a reserved path, the same in every build", async () => {
    const files = {
      "functions/mnt/_middleware.js": 'export { onRequest } from "assets:../../extra";',
      "functions/again/_middleware.js": 'export { onRequest } from "assets:../../extra";',
      "extra/a.txt": "a",
    };
    const listings = await Promise.all(
      [1, 2].map(async () => {
        const project = await createProject(files);
        const { site, problems, inputs } = await project.build({ targets: ["node", "workers"] });
        expect(problems).toEqual([]);
        expect(inputs).toContain(`${project.root}/extra`);
        return Object.keys(site?.assets.files ?? {});
      }),
    );
    expect(listings[0]).toEqual([expect.stringMatching(/^\/cdn-cgi\/pages-plugins\/[0-9a-f]{16}\/a\.txt$/)]);
    expect(listings[1]).toEqual(listings[0]);
  });

  test("work from packages, relative to the importing file", async () => {
    const project = await createProject({
      "functions/_middleware.js": 'export { onRequest } from "plugin";',
      "node_modules/plugin/package.json": '{ "name": "plugin", "main": "index.js" }',
      "node_modules/plugin/index.js": 'export { onRequest } from "assets:./files";',
      "node_modules/plugin/files/style.css": "p {}",
    });
    const { site, problems } = await project.build();
    expect(problems).toEqual([]);
    expect(Object.keys(site?.assets.files ?? {})).toEqual([expect.stringMatching(/\/style\.css$/)]);
  });
});
