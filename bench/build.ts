// How long does a cold build of 1 000 functions take? Whole processes, Causeway and wrangler in turn.
// Run: npm run compile && node bench/build.ts [--json] [--rounds N] [--functions N]

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

interface Contender {
  name: string;
  args: string[];
  /** What must not be there for a build to be cold. */
  leftovers: string[];
}

interface Measurement {
  name: string;
  medianMs: number;
  fastestMs: number;
  slowestMs: number;
}

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "7" },
    functions: { type: "string", default: "1000" },
  },
});

const project = mkdtempSync(join(tmpdir(), "causeway-bench-"));
try {
  writeProject(project, Number(values.functions));
  report(measure(createContenders(project), Number(values.rounds)));
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Typed handlers of a few lines that share a module, some with parameters, some behind middleware. */
function writeProject(root: string, count: number): void {
  write(root, "wrangler.json", JSON.stringify({ name: "bench", pages_build_output_dir: "public" }));
  write(root, "public/index.html", "<!doctype html><title>Bench</title>");
  write(root, "src/answer.ts", "export const answer = (value: unknown): Response => Response.json(value);\n");
  for (let index = 0; index < count; index += 1) write(root, `functions/${fileOf(index)}`, sourceOf(index));
  for (let area = 0; area < 10; area += 1) {
    write(root, `functions/area-${area}/_middleware.ts`, "export const onRequest = ({ next }) => next();\n");
  }
}

function fileOf(index: number): string {
  return `area-${index % 50}/group-${index % 7}/${index % 5 === 0 ? `of-${index}/[id]` : `item-${index}`}.ts`;
}

function sourceOf(index: number): string {
  const up = index % 5 === 0 ? "../../../../" : "../../../";
  return `import { answer } from "${up}src/answer";

interface Env {
  NAME: string;
}
interface Context {
  request: Request;
  env: Env;
  params: Record<string, string>;
}

export const onRequestGet = async ({ request, env, params }: Context): Promise<Response> => {
  const { searchParams } = new URL(request.url);
  return answer({ route: ${index}, name: env.NAME, params, page: Number(searchParams.get("page") ?? 1) });
};

export const onRequestPost = async ({ request }: Context): Promise<Response> => {
  const body = (await request.json()) as { title?: string };
  if (body.title === undefined) return new Response("title is missing", { status: 422 });
  return answer({ route: ${index}, title: body.title });
};
`;
}

function write(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function createContenders(root: string): Contender[] {
  const causeway = fileURLToPath(new URL("../lib/cli/bin.js", import.meta.url));
  const require = createRequire(import.meta.url);
  const wrangler = join(dirname(require.resolve("wrangler/package.json")), "bin/wrangler.js");
  return [
    {
      name: "causeway build (all targets)",
      args: [causeway, "build", root],
      leftovers: [join(root, "dist"), join(root, ".causeway")],
    },
    {
      name: "wrangler pages functions build",
      args: [wrangler, "pages", "functions", "build", "functions", "--outdir", "worker"],
      leftovers: [join(root, "worker"), join(root, ".wrangler")],
    },
  ];
}

/** In turn, so that whatever else the machine does disturbs both alike; the first round is not counted. */
function measure(contenders: readonly Contender[], rounds: number): Measurement[] {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const durationMs = runOnce(contender);
      if (round > 0) times[index]?.push(durationMs);
    }
  }
  return contenders.map(({ name }, index) => summarise(name, times[index] ?? []));
}

function runOnce({ name, args, leftovers }: Contender): number {
  for (const path of leftovers) rmSync(path, { recursive: true, force: true });
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" };
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  const durationMs = performance.now() - startedMs;
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  return durationMs;
}

function summarise(name: string, times: number[]): Measurement {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
  return { name, medianMs: at(0.5), fastestMs: at(0), slowestMs: at(1) };
}

function report(measurements: Measurement[]): void {
  const [ours, theirs] = measurements;
  const ratio = (theirs?.medianMs ?? Number.NaN) / (ours?.medianMs ?? Number.NaN);
  if (values.json) {
    console.log(JSON.stringify({ functions: Number(values.functions), measurements, ratio }, null, 2));
    return;
  }
  console.table(measurements);
  console.log(`${values.functions} functions, cold: ${ratio.toFixed(1)} times as fast as wrangler`);
}
