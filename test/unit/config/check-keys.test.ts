import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkKeys } from "../../../src/config/check-keys.ts";
import { parseToml } from "../../../src/config/parse-toml.ts";

async function check(...lines: string[]) {
  const parsed = await parseToml(lines.join("\n"), "wrangler.toml");
  return checkKeys({ ...parsed, path: "/site/wrangler.toml", name: "wrangler.toml" });
}

describe("a key that nearly is one", () => {
  test.each([
    ["pages_build_output_dr", "pages_build_output_dir"],
    ["pages_build_output_directory", "pages_build_output_dir"],
    ["compatability_date", "compatibility_date"],
    ["compatibilityFlags", "compatibility_flags"],
    ["Name", "name"],
    ["mian", "main"],
    ["var", "vars"],
    ["asset", "assets"],
    ["trigger", "triggers"],
    ["kv_namespace", "kv_namespaces"],
    ["d1_database", "d1_databases"],
  ])("%s: is %s meant?", async (key, meant) => {
    expect(await check("logpush = true", `${key} = "x"`)).toEqual([
      {
        severity: "warning",
        code: "config-key",
        message: `"${key}" has no effect: there is no such key`,
        file: "wrangler.toml",
        line: 2,
        column: 1,
        excerpt: `${key} = "x"`,
        remedy: `Write ${meant}, if that is what is meant.`,
      },
    ]);
  });

  test("is found in tables and environments, with its place", async () => {
    const problems = await check(
      "[assets]",
      'dir = "x"',
      'directry = "public"',
      "[triggers]",
      "cron = []",
      "[env.production]",
      'compatibility_dates = "2025-01-01"',
      "[env.production.assets]",
      'html_handeling = "none"',
    );
    expect(
      problems.map(({ message, line, remedy }) => [message.split('"')[1], line, remedy?.split(/[ ,]/)[1]]),
    ).toEqual([
      ["assets.directry", 3, "directory"],
      ["triggers.cron", 5, "crons"],
      ["env.production.compatibility_dates", 7, "compatibility_date"],
      ["env.production.assets.html_handeling", 9, "html_handling"],
    ]);
  });

  test("says nothing beside the key itself, whose neighbour it may well be", async () => {
    expect(await check('name = "a"', 'nam = "b"')).toEqual([]);
  });
});

test("no key that wrangler knows gets a word", async () => {
  const path = join(import.meta.dirname, "../../../node_modules/wrangler/config-schema.json");
  const schema = JSON.parse(readFileSync(path, "utf8"));
  const { RawConfig, RawEnvironment, Assets } = schema.definitions;
  const keysOf = (definition: { properties: object }) => Object.keys(definition.properties);
  const value = {
    ...Object.fromEntries(keysOf(RawConfig).map((key) => [key, 1])),
    assets: Object.fromEntries(keysOf(Assets).map((key) => [key, 1])),
    env: { production: Object.fromEntries(keysOf(RawEnvironment).map((key) => [key, 1])) },
  };
  const eachAlone = [...keysOf(RawConfig), "site", "usage_model", "node_compat", "legacy_env", "zone_id"].map(
    (key) => ({ [key]: 1 }),
  );
  for (const table of [value, ...eachAlone, ...keysOf(Assets).map((key) => ({ assets: { [key]: 1 } }))]) {
    const file = { value: table, problems: [], locate: () => ({}), path: "/w", name: "wrangler.toml" };
    expect(checkKeys(file)).toEqual([]);
  }
});

test("variables may be called as one likes", async () => {
  expect(await check("[vars]", "nam = 1", "[env.production.vars]", "mian = 1")).toEqual([]);
});
