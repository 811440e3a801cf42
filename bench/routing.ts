// What does a request for one route cost among 1, 100, 1 000 and 10 000? Causeway on Node, `wrangler pages dev` and Nitro,
// each server on one core and wrk on the other, in turns, so that whatever else the machine does meets all alike.
// Needs Linux with two cores, wrk, and the network once: Nitro is installed into a temporary directory.
// Run: npm run compile && node bench/routing.ts [--routes 1,100] [--rounds N] [--seconds N] [--only name] [--json]

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { endOnSignals } from "./contest.ts";
import { measureLoad } from "./wrk.ts";

const { values } = parseArgs({
  options: {
    routes: { type: "string", default: "1,100,1000,10000" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "16" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const ROOT = resolve(import.meta.dirname, "..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const NITRO = "nitro@3.0.0";
const [SERVER_CORE, CLIENT_CORE] = ["0", "1"];
const FIRST_PORT = 20_000 + Math.floor(Math.random() * 10_000);
/** As many different requests for the one route, so that no answer can be remembered. */
const PATHS = 64;
const START_LIMIT_MS = 600_000;
/** A server that answers fewer in a second is watched for longer. */
const SLOW_RATE = 50;
const SLOW_FACTOR = 5;

interface Contender {
  name: string;
  /** Where a route's file goes, and what is in it. */
  fileOf(route: number): string;
  sourceOf(route: number): string;
  /** Makes what is started, in a directory that holds the routes. */
  prepare(directory: string): void;
  command(directory: string, port: number): string[];
}

interface Running {
  contender: Contender;
  routes: number;
  port: number;
  seconds: number;
  rates: number[];
}

interface Row {
  contender: string;
  routes: number;
  requestsPerSecond: number;
  /** Against one route. */
  ratio: number;
}

const work = mkdtempSync(join(tmpdir(), "causeway-bench-"));
const children: ChildProcess[] = [];

const pagesFunctions = {
  fileOf: (route: number) => `functions/kind-${route}/[id].js`,
  sourceOf: (route: number) =>
    `export const onRequestGet = ({ params }) => Response.json({ route: ${route}, id: params.id });\n`,
};

const CONTENDERS: Contender[] = [
  {
    name: "causeway",
    ...pagesFunctions,
    prepare: (directory) =>
      runQuietly(directory, process.execPath, [causeway(), "build", directory, "--target", "node"]),
    command: (directory, port) => [process.execPath, causeway(), "start", directory, "--port", String(port)],
  },
  {
    name: "wrangler",
    ...pagesFunctions,
    prepare() {},
    command: (_, port) => {
      const address = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", String(port + 500)];
      const options = ["--compatibility-date", "2025-09-01", "--log-level", "error"];
      return [process.execPath, WRANGLER, "pages", "dev", "public", ...address, ...options];
    },
  },
  {
    name: "nitro",
    fileOf: (route) => `routes/kind-${route}/[id].get.js`,
    sourceOf: (route) =>
      `import { defineHandler } from "nitro/h3";
export default defineHandler((event) => ({ route: ${route}, id: event.context.params.id }));\n`,
    prepare(directory) {
      writeFileSync(join(directory, "nitro.config.mjs"), 'export default { preset: "node-server" };\n');
      runQuietly(directory, process.execPath, [join(work, "nitro/node_modules/.bin/nitro"), "build"]);
    },
    command: (directory) => [process.execPath, join(directory, ".output/server/index.mjs")],
  },
];

function causeway(): string {
  return join(ROOT, "lib/cli/bin.js");
}

function runQuietly(cwd: string, command: string, args: string[]): void {
  execFileSync(command, args, { cwd, stdio: "ignore", env: { ...process.env, NODE_ENV: "production" } });
}

function installNitro(): void {
  const directory = join(work, "nitro");
  mkdirSync(directory);
  writeFileSync(join(directory, "package.json"), '{ "private": true, "type": "module" }');
  runQuietly(directory, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", NITRO]);
}

function writeProject(contender: Contender, routes: number): string {
  const directory = join(work, contender.name, String(routes));
  mkdirSync(join(directory, "public"), { recursive: true });
  writeFileSync(join(directory, "public/index.html"), "<!doctype html><title>Bench</title>");
  for (let route = 0; route < routes; route += 1) {
    const file = join(directory, contender.fileOf(route));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contender.sourceOf(route));
  }
  return directory;
}

/** In a group of its own, since wrangler's children have to end with it. */
function startServer(directory: string, port: number, command: string[]): string {
  const log = join(work, `${port}.log`);
  const output = openSync(log, "w");
  const env = { ...process.env, NODE_ENV: "production", PORT: String(port), HOST: "127.0.0.1" };
  const options = { WRANGLER_SEND_METRICS: "false", CI: "1" };
  children.push(
    spawn("taskset", ["-c", SERVER_CORE, ...command], {
      cwd: directory,
      env: { ...env, ...options },
      stdio: ["ignore", output, output],
      detached: true,
    }),
  );
  return log;
}

function stopServer({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGTERM");
}

/** One route from the middle of all: who tries them in turn tries half of them. */
function pathsOf(routes: number): string[] {
  const route = Math.floor(routes / 2);
  return Array.from({ length: PATHS }, (_, index) => `/kind-${route}/order-${index}`);
}

async function whenAnswering(port: number, routes: number, log: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  const route = routes - 1;
  while (performance.now() < deadline && children.at(-1)?.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/kind-${route}/x`).catch(() => undefined);
    const text = await response?.text();
    if (text === JSON.stringify({ route, id: "x" })) return;
    await sleep(200);
  }
  throw new Error(`Nothing answers on port ${port}:\n${readFileSync(log, "utf8")}`);
}

async function startAll(contenders: Contender[], counts: number[]): Promise<Running[]> {
  const running: Running[] = [];
  for (const contender of contenders) {
    for (const routes of counts) {
      const directory = writeProject(contender, routes);
      contender.prepare(directory);
      const port = FIRST_PORT + running.length;
      const log = startServer(directory, port, contender.command(directory, port));
      await whenAnswering(port, routes, log);
      running.push({ contender, routes, port, seconds: Number(values.seconds), rates: [] });
    }
  }
  return running;
}

/** The first round warms up and is not counted. */
function measureRounds(running: Running[]): void {
  const connections = Number(values.connections);
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const server of running) {
      const { port, routes, seconds, rates } = server;
      const load = { port, paths: pathsOf(routes), connections, seconds, core: CLIENT_CORE };
      const { requestsPerSecond } = measureLoad(load);
      if (round > 0) rates.push(requestsPerSecond);
      else if (requestsPerSecond < SLOW_RATE) server.seconds *= SLOW_FACTOR;
    }
  }
}

function summarise(running: Running[]): Row[] {
  const median = (rates: number[]) => rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
  return running.map(({ contender, routes, rates }) => {
    const first = running.find((other) => other.contender === contender);
    const requestsPerSecond = Math.round(median(rates));
    // Rounds are compared with themselves: what slows the machine for a while slows both.
    const ratio = median(rates.map((rate, round) => rate / (first?.rates[round] ?? rate)));
    return { contender: contender.name, routes, requestsPerSecond, ratio: Number(ratio.toFixed(3)) };
  });
}

function print(rows: Row[]): void {
  const versions = { node: process.version, nitro: NITRO, processor: cpus()[0]?.model };
  if (values.json) {
    console.log(JSON.stringify({ ...versions, rows }, undefined, 2));
    return;
  }
  console.log(`Node ${process.version}, one core each, ${values.connections} connections`);
  console.table(rows);
  const rateOf = (name: string) => rows.find((row) => row.contender === name && row.routes === 1_000);
  const [ours, theirs] = [rateOf("causeway"), rateOf("wrangler")];
  if (ours !== undefined && theirs !== undefined) {
    const times = ours.requestsPerSecond / theirs.requestsPerSecond;
    console.log(`1 000 routes: ${times.toFixed(0)} times as many requests as wrangler`);
  }
}

endOnSignals(() => children.forEach(stopServer));
try {
  const contenders = CONTENDERS.filter(({ name }) => values.only?.split(",").includes(name) ?? true);
  if (contenders.some(({ name }) => name === "nitro")) installNitro();
  const running = await startAll(contenders, values.routes.split(",").map(Number));
  measureRounds(running);
  print(summarise(running));
} finally {
  for (const child of children) stopServer(child);
  await sleep(1_000);
  rmSync(work, { recursive: true, force: true });
}
