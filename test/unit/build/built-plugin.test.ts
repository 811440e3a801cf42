// A plugin as its authors publish it: built by wrangler from a functions directory, mounted with arguments.

import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createTestSite } from "../../../src/testing.ts";
import { createProject } from "./temp-project.ts";

const WRANGLER = join(import.meta.dirname, "../../../node_modules/wrangler/bin/wrangler.js");
const DESCRIBE = `({ functionPath, params, pluginArgs }) => Response.json({ functionPath, params, pluginArgs })`;
const FILES = {
  "plugin/functions/index.js": `export const onRequestGet = ${DESCRIBE};`,
  "plugin/functions/items/[id].js": `export const onRequest = ${DESCRIBE};`,
  "plugin/functions/_middleware.js": `export const onRequest = async ({ next, data }) => {
  data.plugin = true;
  const response = await next();
  response.headers.set("x-plugin", "seen");
  return response;
};`,
  "functions/at/_middleware.js": `import plugin from "../../plugin/dist/index.js";
export const onRequest = plugin({ who: "at" });`,
  "functions/at/own.js": "export const onRequest = ({ data }) => Response.json(data);",
  "functions/all/[[path]].js": `import plugin from "../../plugin/dist/index.js";
export const onRequest = plugin({ who: "all" });`,
};

async function createPluginSite() {
  const project = await createProject(FILES);
  const cwd = join(project.root, "plugin");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" };
  const args = [WRANGLER, "pages", "functions", "build", "--plugin", "--outdir", "dist"];
  await promisify(execFile)(process.execPath, args, { cwd, env });
  const { problems } = await project.build();
  expect(problems).toEqual([]);
  const { modules } = await project.load();
  return createTestSite({ functions: modules, assets: { "/404.html": "no page" } });
}

describe("a plugin that wrangler built", () => {
  test("answers by its own routes, with its arguments, and passes the rest on", {
    timeout: 30_000,
  }, async () => {
    const site = await createPluginSite();
    const ask = async (path: string) => {
      const response = await site.fetch(path);
      const text = await response.text();
      return [response.headers.get("x-plugin"), text.startsWith("{") ? JSON.parse(text) : text];
    };
    expect(await ask("/at/items/7")).toEqual([
      "seen",
      { functionPath: "/at/items/7", params: { id: "7" }, pluginArgs: { who: "at" } },
    ]);
    expect(await ask("/at")).toEqual([
      "seen",
      { functionPath: "/at/", params: {}, pluginArgs: { who: "at" } },
    ]);
    expect(await ask("/at/own")).toEqual(["seen", { plugin: true }]);
    expect(await ask("/at/nothing")).toEqual(["seen", "no page"]);
    expect(await ask("/elsewhere")).toEqual([null, "no page"]);
  });

  test("sees only its index where a catch-all mounts it, as on Pages", { timeout: 30_000 }, async () => {
    const site = await createPluginSite();
    const answer = await (await site.fetch("/all/items/7")).json();
    expect(answer).toEqual({ functionPath: "/all/items/7/", params: {}, pluginArgs: { who: "all" } });
  });
});
