import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createStackMapper } from "../../../../src/runtimes/server/map-stack.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-stack-"));
  await writeFile(
    join(directory, "source.ts"),
    "type A = string;\n\nexport function fail(a: A): never {\n  throw new Error(a);\n}\n",
  );
  await build({
    entryPoints: [join(directory, "source.ts")],
    outfile: join(directory, "out.js"),
    bundle: true,
    format: "esm",
    sourcemap: true,
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("maps a place in a bundle to the line of its source", () => {
  const mapped = createStackMapper()(`Error: x\n    at fail (${directory}/out.js:3:9)`);
  expect(mapped).toBe(`Error: x\n    at fail (${directory}/source.ts:4:9)`);
});

it("leaves places alone that have no map", () => {
  const stack = "Error: x\n    at run (/nowhere/other.js:1:2)\n    at native";
  expect(createStackMapper()(stack)).toBe(stack);
});
