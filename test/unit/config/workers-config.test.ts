import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadProject } from "../../../src/config/load-project.ts";
import { createWorkersConfig } from "../../../src/config/workers-config.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "causeway-workers-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function configOf(
  settings: object | undefined,
  environment?: string,
): Promise<Record<string, unknown>> {
  if (settings !== undefined) writeFileSync(join(root, "wrangler.json"), JSON.stringify(settings));
  const { project } = await loadProject({ directory: root, assets: ".", environment });
  if (project === undefined) throw new Error("the project was refused");
  return createWorkersConfig(project);
}

describe("createWorkersConfig", () => {
  test("makes a deployable configuration for a project without one", async () => {
    expect(await configOf(undefined)).toEqual({
      name: expect.stringMatching(/^causeway-workers-[a-z0-9-]+$/),
      main: "workers.js",
      assets: { directory: "assets", binding: "ASSETS", run_worker_first: true, html_handling: "none" },
      compatibility_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      compatibility_flags: [],
      vars: {},
    });
  });

  test("keeps what the project says, but for entry, files and build steps", async () => {
    const config = await configOf({
      name: "My Site!",
      pages_build_output_dir: ".",
      build: { command: "make" },
      routes: ["a.example/*"],
      kv_namespaces: [{ binding: "KV", id: "1" }],
      vars: { A: { b: 1 } },
    });
    expect(config).toMatchObject({
      name: "my-site",
      main: "workers.js",
      routes: ["a.example/*"],
      kv_namespaces: [{ binding: "KV", id: "1" }],
      vars: { A: { b: 1 } },
    });
    expect(Object.keys(config)).not.toEqual(expect.arrayContaining(["pages_build_output_dir"]));
    expect(config).not.toHaveProperty("build");
  });

  test("applies an environment: bindings and variables are its own, the rest is inherited", async () => {
    const settings = {
      name: "site",
      routes: ["a.example/*"],
      kv_namespaces: [{ binding: "KV", id: "1" }],
      vars: { A: "top", B: "top" },
      env: {
        live: { vars: { A: "live" } },
        named: { name: "other", kv_namespaces: [{ binding: "KV", id: "2" }] },
      },
    };
    const live = await configOf(settings, "live");
    expect(live).toMatchObject({ name: "site-live", routes: ["a.example/*"], vars: { A: "live" } });
    expect(live).not.toHaveProperty("kv_namespaces");
    expect(live).not.toHaveProperty("env");
    const named = await configOf(settings, "named");
    expect(named).toMatchObject({ name: "other", kv_namespaces: [{ binding: "KV", id: "2" }], vars: {} });
  });
});
