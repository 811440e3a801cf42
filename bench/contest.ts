// Servers side by side: each on one processor, the load generator on another, in turns, so that whatever else the
// machine does meets all of them. Needs Linux with two processors, taskset and wrk.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type LoadFigures, measureLoad } from "./wrk.ts";

/** A server that takes part. */
export interface Contender {
  name: string;
  /** What is started for a port, in a directory of its own. */
  command(port: number): { args: string[]; cwd: string; env?: Record<string, string> };
}

/** What every contender is asked for. */
export interface Task {
  name: string;
  path: string;
  headers?: Record<string, string>;
  /** Sends the ETag of a first answer back, so that the answer is 304. */
  revalidates?: boolean;
  status: number;
  /** The answer's body has this SHA-256. */
  sha256?: string;
  /** Or fits this. */
  matches?: RegExp;
}

export interface ContestOptions {
  rounds: number;
  seconds: number;
  connections: number;
  /** Ratios are against this one. */
  base: string;
  /** The processors that servers may use, as taskset takes them; default the first. The generator has the second. */
  serverCores?: string;
}

/** Medians over the rounds; `spread` is the difference between the fastest and the slowest, as a share. */
export interface Row {
  task: string;
  contender: string;
  requestsPerSecond: number;
  spread: number;
  /** Of requests per second, in the same round. */
  ratio: number;
  p99Ms: number;
  /** Processor time of the server. */
  cpuMicroseconds: number;
  /** Of processor time; above 1 is cheaper than the base. */
  cpuRatio: number;
  clientBusy: number;
}

interface Running {
  contender: Contender;
  child: ChildProcess;
  port: number;
}

interface Sample extends LoadFigures {
  cpuMicroseconds: number;
}

const SERVER_CORE = "0";
/** The generator's, and that of whatever stands behind the servers. */
export const CLIENT_CORE = "1";
const FIRST_PORT = 25_100;
const START_LIMIT_MS = 30_000;
const PAUSE_MS = 100;

/** Runs all tasks on all contenders; those that answer a task wrongly are left out of it, and named. */
export async function runContest(
  contenders: readonly Contender[],
  tasks: readonly Task[],
  options: ContestOptions,
): Promise<{ rows: Row[]; excluded: string[] }> {
  if (availableParallelism() < 2) throw new Error("Servers and generator need a processor each");
  const logs = mkdtempSync(join(tmpdir(), "causeway-bench-logs-"));
  const running: Running[] = [];
  const stopAll = () => {
    for (const { child } of running) stop(child);
  };
  endOnSignals(stopAll);
  const excluded: string[] = [];
  try {
    for (const [index, contender] of contenders.entries()) {
      const log = join(logs, `${index}.log`);
      running.push(await start(contender, FIRST_PORT + index, log, options.serverCores ?? SERVER_CORE));
    }
    const rows: Row[] = [];
    for (const task of tasks) rows.push(...(await runTask(running, task, options, excluded)));
    return { rows, excluded };
  } finally {
    stopAll();
    await sleep(500);
    rmSync(logs, { recursive: true, force: true });
  }
}

async function start(contender: Contender, port: number, log: string, cores: string): Promise<Running> {
  if (await ask(port, "/", {}).catch(() => undefined))
    throw new Error(`Another program answers on port ${port}; it would be measured instead`);
  const { args, cwd, env } = contender.command(port);
  const output = openSync(log, "w");
  const child = spawn("taskset", ["-c", cores, ...args], {
    cwd,
    env: { ...process.env, NODE_ENV: "production", PORT: String(port), HOST: "127.0.0.1", ...env },
    stdio: ["ignore", output, output],
    // A group of its own: its processes are counted, and ended, together.
    detached: true,
  });
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    if (await ask(port, "/", {}).catch(() => undefined)) return { contender, child, port };
    await sleep(PAUSE_MS);
  }
  stop(child);
  throw new Error(`${contender.name} does not answer:\n${readFileSync(log, "utf8")}`);
}

/** Servers in groups of their own do not get the terminal's Ctrl-C. */
export function endOnSignals(stopAll: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopAll();
      process.exit(1);
    });
  }
}

function stop({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGTERM");
}

async function runTask(
  running: readonly Running[],
  task: Task,
  options: ContestOptions,
  excluded: string[],
): Promise<Row[]> {
  const able: { server: Running; headers: Record<string, string>; samples: Sample[] }[] = [];
  for (const server of running) {
    const checked = await check(server.port, task);
    if (typeof checked === "string") excluded.push(`${task.name}: ${server.contender.name} ${checked}`);
    else able.push({ server, headers: checked, samples: [] });
  }
  // The first round warms up and is not counted.
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const { server, headers, samples } of able) {
      const sample = measure(server, task, headers, options);
      if (round > 0) samples.push(sample);
    }
  }
  const base = able.find(({ server }) => server.contender.name === options.base)?.samples;
  return able.map(({ server, samples }) => summarise(task, server.contender, samples, base ?? samples));
}

function measure(
  server: Running,
  { path }: Task,
  headers: Record<string, string>,
  options: ContestOptions,
): Sample {
  const { seconds, connections } = options;
  const before = cpuSecondsOf(server.child.pid as number);
  const load = {
    port: server.port,
    paths: [path],
    headers,
    seconds,
    connections,
    core: CLIENT_CORE,
  };
  const figures = measureLoad(load);
  const used = cpuSecondsOf(server.child.pid as number) - before;
  return { ...figures, cpuMicroseconds: (used / figures.requests) * 1e6 };
}

/** The headers to send from now on, or what is wrong with the answer. */
async function check(port: number, task: Task): Promise<Record<string, string> | string> {
  const headers = { ...task.headers };
  if (task.revalidates) {
    const tag = (await ask(port, task.path, headers)).headers.etag;
    if (tag === undefined) return "has no ETag";
    headers["if-none-match"] = tag;
  }
  // Some prepare an answer when it is asked for first.
  await ask(port, task.path, headers);
  const { status, body } = await ask(port, task.path, headers);
  if (status !== task.status) return `answers ${status} instead of ${task.status}`;
  const sha256 = createHash("sha256").update(body).digest("hex");
  if (task.sha256 !== undefined && task.sha256 !== sha256) return "sends other bytes";
  return task.matches?.test(body.toString()) === false ? "sends another text" : headers;
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

function ask(port: number, path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, headers, agent: false }, async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      resolve({ status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks) });
    });
    outgoing.once("error", reject).end();
  });
}

/** Of all processes of a group, whose leader has this id (proc(5), /proc/pid/stat). */
function cpuSecondsOf(group: number): number {
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, "utf8");
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // The process has ended in the meantime.
    }
  }
  return ticks / TICKS_PER_SECOND;
}

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

function summarise(
  task: Task,
  contender: Contender,
  samples: readonly Sample[],
  base: readonly Sample[],
): Row {
  const rates = samples.map(({ requestsPerSecond }) => requestsPerSecond);
  const middle = median(rates);
  const cpu = median(samples.map(({ cpuMicroseconds }) => cpuMicroseconds));
  const inRound = (round: number) => base[round]?.requestsPerSecond ?? Number.NaN;
  return {
    task: task.name,
    contender: contender.name,
    requestsPerSecond: Math.round(middle),
    spread: round2((Math.max(...rates) - Math.min(...rates)) / middle),
    ratio: round2(median(rates.map((rate, round) => rate / inRound(round)))),
    p99Ms: round2(median(samples.map(({ p99Ms }) => p99Ms))),
    cpuMicroseconds: round2(cpu),
    cpuRatio: round2(median(base.map(({ cpuMicroseconds }) => cpuMicroseconds)) / cpu),
    clientBusy: round2(median(samples.map(({ clientBusy }) => clientBusy))),
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}

/** The machine, for whoever reads the figures later. */
export function describeMachine(): { processor: string; processors: number; kernel: string; node: string } {
  const kernel = execFileSync("uname", ["-sr"], { encoding: "utf8" }).trim();
  return { processor: cpus()[0]?.model ?? "", processors: cpus().length, kernel, node: process.version };
}
