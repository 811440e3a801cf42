import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { loadCausewayConfig } from "../../../src/config/causeway-config-load.ts";

const DOCUMENTS = ["proxy.md", "limits-and-guards.md"];

it.each(DOCUMENTS)("every configuration in docs/%s can be served", async (name) => {
  const text = await readFile(resolve(import.meta.dirname, "../../../docs", name), "utf8");
  const configurations = text.match(/^import \{ defineConfig \}.*?^\}\);$/gms) ?? [];
  expect(configurations.length).toBe(2);
  for (const configuration of configurations) {
    const root = await mkdtemp(join(tmpdir(), "causeway-docs-"));
    await writeFile(join(root, "causeway.config.ts"), configuration);
    const { problems } = await loadCausewayConfig(root);
    await rm(root, { recursive: true, force: true });
    expect(problems).toEqual([]);
  }
});
