// What do many static files cost? A site of 50 000: listing and hashing, compressing, the build as a whole, cold
// and warm, the start, and memory per file.
// Run: npm run compile && node bench/assets.ts [--json] [--files N] [--rounds N]

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { listAssets } from "../lib/build/list-assets.js";
import { precompress } from "../lib/build/precompress.js";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    files: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
  },
});
const FILES = Number(values.files);
const ROUNDS = Number(values.rounds);
const BIN = join(import.meta.dirname, "../lib/cli/bin.js");
const CHANGED = 10;
/** Ticks of the processor that the system counts in. */
const TICK_MS = 10;

type Figures = Record<string, number>;

const project = mkdtempSync(join(tmpdir(), "causeway-bench-assets-"));
try {
  writeProject(FILES);
  const figures = { ...(await measureParts()), ...(await measureBuilds()), ...(await measureStart()) };
  if (values.json) console.log(JSON.stringify({ files: FILES, rounds: ROUNDS, ...figures }));
  else for (const [name, figure] of Object.entries(figures)) console.log(`${name.padEnd(44)} ${figure}`);
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Half pictures, which nobody compresses, half text; 1 to 3 KB each, all different, 500 in a folder. */
function writeProject(count: number): void {
  write("package.json", '{"name":"many-files"}');
  for (let index = 0; index < count; index++) write(`public/${nameOf(index)}`, contentOf(index, 0));
}

function nameOf(index: number): string {
  const extension = index % 2 === 0 ? "webp" : (["html", "json", "svg", "js"] as const)[(index >> 1) % 4];
  return `folder-${Math.floor(index / 500)}/file-${index}.${extension}`;
}

function contentOf(index: number, version: number): Uint8Array | string {
  const seed = createHash("sha256").update(`${index} ${version}`).digest();
  const blocks = 32 + (index % 64);
  if (index % 2 === 0) return Buffer.concat(Array.from({ length: blocks }, () => seed));
  const word = (place: number) => ["lorem", "ipsum", "dolor", "amet"][(seed[place % 32] as number) % 4];
  return Array.from(
    { length: blocks },
    (_, line) => `<p id="${seed[line % 32]}">${word(line)} ${index} ${line}</p>`,
  ).join("\n");
}

function write(name: string, content: Uint8Array | string): void {
  const file = join(project, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** In this process: the steps of a build one by one. Bytes that were read are the system's own count. */
async function measureParts(): Promise<Figures> {
  const root = join(project, "public");
  const cacheFile = join(project, "hashes.json");
  const list = () => listAssets(root, { conventions: "pages", cacheFile });
  const cold = await median(async () => {
    rmSync(cacheFile, { force: true });
    return timed(list);
  });
  const warm = await median(() => timed(list));
  for (let index = 0; index < CHANGED; index++) write(`public/${nameOf(index)}`, contentOf(index, 1));
  const changed = await timed(list);
  const listing = await list();
  const inputs = [...listing.sources].map(([path, source]) => ({
    ...source,
    type: listing.files[path]?.type,
  }));
  // Where the build looks for it, so that this is done once.
  const cacheDir = join(project, ".causeway/cache/compressed");
  const compressing = await timed(() => precompress(inputs, { cacheDir }));
  const again = await timed(() => precompress(inputs, { cacheDir }));
  return {
    "list and hash, cold (ms)": cold.ms,
    "list and hash, cold (ms of processor)": cold.cpuMs,
    "list and hash, warm (ms)": warm.ms,
    "list and hash, warm (ms of processor)": warm.cpuMs,
    [`list and hash, ${CHANGED} files changed (ms)`]: changed.ms,
    "read from files, cold (bytes)": cold.read,
    "read from files, warm (bytes)": warm.read,
    [`read from files, ${CHANGED} files changed (bytes)`]: changed.read,
    "compress, cold (ms)": compressing.ms,
    "compress, cold (ms of processor)": compressing.cpuMs,
    "compress, warm (ms)": again.ms,
  };
}

interface Timed {
  ms: number;
  cpuMs: number;
  read: number;
}

async function timed(work: () => Promise<unknown>): Promise<Timed> {
  const [startMs, before, cpu] = [performance.now(), bytesRead(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: Math.round(performance.now() - startMs),
    cpuMs: Math.round((user + system) / 1_000),
    read: bytesRead() - before,
  };
}

async function median(measure: () => Promise<Timed>): Promise<Timed> {
  const found: Timed[] = [];
  for (let round = 0; round < ROUNDS; round++) found.push(await measure());
  return found.sort((a, b) => a.ms - b.ms)[Math.floor(ROUNDS / 2)] as Timed;
}

/** `rchar`: what this process has asked for by read(), from files or the page cache. */
function bytesRead(): number {
  return Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

/** As processes of their own: what a person waits for. */
async function measureBuilds(): Promise<Figures> {
  const build = () => {
    const startMs = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [BIN, "build", project, "--target", "node"]);
    if (status !== 0) throw new Error(String(stderr));
    return Math.round(performance.now() - startMs);
  };
  const cold = build();
  const warm = Array.from({ length: ROUNDS }, build).sort((a, b) => a - b);
  return {
    "build, first, compressed before (ms)": cold,
    "build, warm (ms)": warm[Math.floor(ROUNDS / 2)] as number,
  };
}

async function measureStart(): Promise<Figures> {
  const starts: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) starts.push(await startOnce());
  starts.sort((a, b) => a.firstAnswerMs - b.firstAnswerMs);
  const many = starts[Math.floor(ROUNDS / 2)] as Start;
  const site = JSON.parse(readFileSync(join(project, "dist/site.json"), "utf8"));
  const [first] = Object.entries(site.assets.files);
  site.assets.files = Object.fromEntries([first as [string, unknown]]);
  writeFileSync(join(project, "dist/site.json"), JSON.stringify(site));
  const one = await startOnce();
  return {
    "start to first answer (ms)": many.firstAnswerMs,
    "start to first answer (ms of processor)": many.cpuMs,
    "the same with one file (ms)": one.firstAnswerMs,
    "the same with one file (ms of processor)": one.cpuMs,
    "memory (MB)": Math.round(many.rssBytes / 1e6),
    "memory with one file (MB)": Math.round(one.rssBytes / 1e6),
    "memory per file (bytes)": Math.round((many.rssBytes - one.rssBytes) / FILES),
  };
}

interface Start {
  firstAnswerMs: number;
  cpuMs: number;
  rssBytes: number;
}

async function startOnce(): Promise<Start> {
  const startMs = performance.now();
  const entry = join(project, "dist/node.js");
  const child = spawn(process.execPath, [entry, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((done) => child.once("exit", done));
  try {
    const origin = await new Promise<string>((done) => {
      child.stdout.on("data", (chunk) => done(/http:\S+/.exec(String(chunk))?.[0] ?? ""));
    });
    const response = await fetch(`${origin}/${nameOf(0)}`);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`It answered ${response.status}`);
    const firstAnswerMs = Math.round(performance.now() - startMs);
    const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
    const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${child.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    const cpuMs = (Number(user) + Number(system)) * TICK_MS;
    return { firstAnswerMs, cpuMs, rssBytes: Number(rss) * 1_024 };
  } finally {
    child.kill();
    await exited;
  }
}
