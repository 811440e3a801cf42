import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { loadCausewayConfig } from "../../../src/config/causeway-config-load.ts";

const DOCUMENTS = resolve(import.meta.dirname, "../../../docs");

it.each([
  ["proxy.md", 2],
  ["limits-and-guards.md", 2],
  ["from-flask.md", 8],
])("every configuration in docs/%s can be served", async (name, count) => {
  const text = await readFile(join(DOCUMENTS, name), "utf8");
  const configurations = text.match(/^import \{ defineConfig \}.*?^\}\);$/gms) ?? [];
  expect(configurations.length).toBe(count);
  for (const configuration of configurations) {
    const root = await mkdtemp(join(tmpdir(), "causeway-docs-"));
    await writeFile(join(root, "causeway.config.ts"), configuration);
    const { problems } = await loadCausewayConfig(root);
    await rm(root, { recursive: true, force: true });
    expect(problems).toEqual([]);
  }
});
