// What does a file of 4 GB cost? Building it, and eight downloads of ranges at once, half of them aborted, on each
// runtime: memory, descriptors, and whether the bytes are right.
// Run: npm run compile && node bench/large-file.ts [--json] [--gigabytes N]

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { downloadRanges, writeSparseFile } from "../test/process/large-file.ts";
import { SERVER_RUNTIMES, startBuild } from "../test/process/start-build.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, gigabytes: { type: "string", default: "4" } },
});
const sizeBytes = Number(values.gigabytes) * 1024 ** 3;
const BIN = join(import.meta.dirname, "../lib/cli/bin.js");

const project = mkdtempSync(join(tmpdir(), "causeway-bench-large-"));
try {
  const file = join(project, "public/large.bin");
  mkdirSync(join(project, "public"));
  writeFileSync(join(project, "package.json"), '{"name":"large"}');
  await writeSparseFile(file, sizeBytes);
  report("build", await build());
  for (const runtime of SERVER_RUNTIMES) {
    const server = await startBuild(join(project, "dist"), runtime);
    try {
      const startMs = performance.now();
      const task = { url: `${server.origin}/large.bin`, file, sizeBytes, pid: server.pid };
      const figures = await downloadRanges(task);
      report(runtime, { ...figures, durationMs: Math.round(performance.now() - startMs) });
    } finally {
      await server.stop();
    }
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Builds in a process of its own and looks how much memory that took at most. */
async function build(): Promise<{ durationMs: number; highestRssBytes: number }> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [BIN, "build", project, "--target", "node,bun,deno"], {
    stdio: "inherit",
  });
  let highestRssBytes = 0;
  const timer = setInterval(() => {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
    if (found !== undefined) highestRssBytes = Number(found) * 1_024;
  }, 50);
  const code = await new Promise((done) => child.once("exit", done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`The build ended with ${code}`);
  return { durationMs: Math.round(performance.now() - startMs), highestRssBytes };
}

function report(name: string, figures: Record<string, number>): void {
  const parts = Object.entries(figures).map(([key, value]) => `${key} ${value.toLocaleString("en")}`);
  const line = `${name.padEnd(6)} ${parts.join(", ")}`;
  console.log(values.json ? JSON.stringify({ name, ...figures }) : line);
}
