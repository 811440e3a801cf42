// A file that is larger than memory should have to be: bench/large-file.ts does the same with 4 GB.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject, runCli } from "../cli/run-cli.ts";
import { downloadRanges, writeSparseFile } from "./large-file.ts";
import { SERVER_RUNTIMES, startBuild } from "./start-build.ts";

const SIZE_BYTES = 256 * 1024 * 1024;
const MAX_GROWTH_BYTES = 50_000_000;
const hasProc = existsSync("/proc/self/status");
if (!hasProc) console.log("Not run: a large file on each runtime, since this system has no /proc");

describe.runIf(hasProc)("eight ranges of a large file at once, half of them aborted", () => {
  test("cost little memory, leave no file open and bring the right bytes, on each runtime", async () => {
    const root = makeProject({ "package.json": '{"name":"large"}' });
    mkdirSync(join(root, "public"));
    const file = join(root, "public/large.bin");
    await writeSparseFile(file, SIZE_BYTES);
    expect((await runCli(["build", root, "--target", "node,bun,deno"])).code).toBe(0);
    for (const runtime of SERVER_RUNTIMES) {
      const server = await startBuild(join(root, "dist"), runtime);
      try {
        const { origin, pid } = server;
        const figures = await downloadRanges({
          url: `${origin}/large.bin`,
          file,
          sizeBytes: SIZE_BYTES,
          pid,
        });
        expect({ runtime, ...figures }).toMatchObject({ runtime, completed: 4, right: 4, aborted: 4 });
        expect(figures.descriptorsAfter, runtime).toBeLessThanOrEqual(figures.descriptorsBefore);
        expect(figures.rssGrowthBytes, runtime).toBeLessThan(MAX_GROWTH_BYTES);
      } finally {
        await server.stop();
      }
    }
  }, 90_000);
});
