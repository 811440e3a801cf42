import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { loadCausewayConfig } from "../../../src/config/causeway-config-load.ts";

const DOCUMENT = resolve(import.meta.dirname, "../../../docs/proxy.md");

it("every configuration in the documentation can be served", async () => {
  const text = await readFile(DOCUMENT, "utf8");
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
