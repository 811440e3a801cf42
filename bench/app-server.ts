// What does the same JSON route cost in different servers? Each on one core, the load generator on another, in
// turns, so that whatever else the machine does meets all of them.
// Needs Linux and wrk; nginx, uwsgi (with its python3 plugin) and python3-flask for the Flask row.
// Run: npm run compile && node bench/app-server.ts [--seconds N] [--rounds N] [--only name,…] [--log] [--json]

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
    only: { type: "string" },
    log: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const ROOT = resolve(import.meta.dirname, "..");
const [SERVER_CORE, CLIENT_CORE] = ["0", "1"];
const FIRST_PORT = 24_100;
const work = mkdtempSync(join(tmpdir(), "causeway-bench-"));
// nginx's workers run as another user.
chmodSync(work, 0o755);
const children: ChildProcess[] = [];

interface Contender {
  name: string;
  start(port: number): void;
}

interface Figures {
  requestsPerSecond: number;
  p99Ms: number;
}

/** Starts a program on the servers' core; its log goes to a file, as in production. */
function startServer(name: string, command: string, args: string[], env: Record<string, string> = {}): void {
  const log = join(work, `${name.replace(/\W+/g, "-")}.log`);
  const child = spawn(
    "sh",
    [
      "-c",
      'log=$1; shift; exec "$@" >"$log" 2>&1',
      "sh",
      log,
      "taskset",
      "-c",
      SERVER_CORE,
      command,
      ...args,
    ],
    {
      cwd: work,
      env: { ...process.env, NODE_ENV: "production", ...env },
      stdio: "ignore",
    },
  );
  children.push(child);
}

const NODE_HTTP = `import { createServer } from "node:http";
createServer((request, response) => {
  if (LOG) console.log(JSON.stringify({ time: new Date().toISOString(), method: request.method, url: request.url, status: 200 }));
  const body = JSON.stringify({ hello: "world", id: 42 });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");`;

const HONO = `import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { logger } from "hono/logger";
const app = new Hono();
if (LOG) app.use(logger());
app.get("/api/hello", (context) => context.json({ hello: "world", id: 42 }));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });`;

const FLASK = `from flask import Flask, jsonify
app = Flask(__name__)
@app.get("/api/hello")
def hello():
    return jsonify(hello="world", id=42)
`;

/** Uses the packages of this repository. */
function writeModule(name: string, text: string): string {
  const file = join(ROOT, "node_modules", `.bench-${process.pid}-${name}.mjs`);
  writeFileSync(file, text.replaceAll("LOG", String(values.log)));
  return file;
}

function causeway(workers: string): Contender {
  return {
    name: `causeway start --workers ${workers}`,
    start(port) {
      const site = join(work, `site-${workers}`);
      mkdirSync(join(site, "functions/api"), { recursive: true });
      writeFileSync(
        join(site, "functions/api/hello.ts"),
        'export const onRequestGet = () => Response.json({ hello: "world", id: 42 });\n',
      );
      const bin = join(ROOT, "lib/cli/bin.js");
      execFileSync(process.execPath, [bin, "build", site, "--target", "node"], { stdio: "ignore" });
      const log = values.log && workers !== "0" ? ["--access-log"] : [];
      startServer(`causeway-${workers}`, process.execPath, [
        bin,
        "start",
        site,
        "--port",
        String(port),
        "--workers",
        workers,
        ...log,
      ]);
    },
  };
}

const CONTENDERS: Contender[] = [
  {
    name: "node:http",
    start: (port) =>
      startServer("http", process.execPath, [writeModule("http", NODE_HTTP)], { PORT: String(port) }),
  },
  causeway("0"),
  causeway("1"),
  {
    name: "Hono on node-server",
    start: (port) =>
      startServer("hono", process.execPath, [writeModule("hono", HONO)], { PORT: String(port) }),
  },
  { name: "nginx, uWSGI, Flask", start: startFlask },
];

function startFlask(port: number): void {
  writeFileSync(join(work, "app.py"), FLASK);
  const socket = join(work, "uwsgi.sock");
  const quiet = values.log ? [] : ["--disable-logging"];
  startServer("uwsgi", "uwsgi", [
    "--plugin",
    "python3",
    "--socket",
    socket,
    "--module",
    "app:app",
    "--master",
    "--processes",
    "1",
    "--chmod-socket=666",
    "--die-on-term",
    ...quiet,
  ]);
  const access = values.log ? join(work, "access.log") : "off";
  const config = `daemon off; worker_processes 1; pid ${work}/nginx.pid; error_log ${work}/nginx-error.log;
events { worker_connections 1024; }
http { access_log ${access}; client_body_temp_path ${work}/body; proxy_temp_path ${work}/proxy; fastcgi_temp_path ${work}/fastcgi;
uwsgi_temp_path ${work}/uwsgi; scgi_temp_path ${work}/scgi;
server { listen 127.0.0.1:${port}; keepalive_requests 1000000; location / { include /etc/nginx/uwsgi_params; uwsgi_pass unix:${socket}; } } }`;
  writeFileSync(join(work, "nginx.conf"), config);
  startServer("nginx", "nginx", ["-c", join(work, "nginx.conf"), "-p", work]);
}

async function whenAnswering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const response = await fetch(`http://127.0.0.1:${port}/api/hello`).catch(() => undefined);
    if (response?.ok && JSON.stringify(await response.json()).includes('"hello":"world"')) return;
    await sleep(50);
  }
  throw new Error(`Nothing answers on port ${port}`);
}

function measure(port: number, seconds: string): Figures {
  const url = `http://127.0.0.1:${port}/api/hello`;
  const args = [
    "-c",
    CLIENT_CORE,
    "wrk",
    "-t1",
    `-c${values.connections}`,
    `-d${seconds}s`,
    "--latency",
    url,
  ];
  const text = execFileSync("taskset", args, { encoding: "utf8" });
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(text);
  const requestsPerSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const [, digits, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const scale = { us: 0.001, ms: 1, s: 1_000 }[unit as "us" | "ms" | "s"];
  return { requestsPerSecond, p99Ms: Number(digits) * scale };
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

async function run(): Promise<void> {
  const wanted = values.only?.split(",");
  const contenders = CONTENDERS.filter(({ name }) => wanted?.some((part) => name.includes(part)) ?? true);
  const results = new Map<string, Figures[]>();
  for (const [index, contender] of contenders.entries()) {
    contender.start(FIRST_PORT + index);
    await whenAnswering(FIRST_PORT + index);
  }
  await sleep(1_000);
  for (const [index] of contenders.entries()) measure(FIRST_PORT + index, "1");
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [index, { name }] of contenders.entries()) {
      results.set(name, [...(results.get(name) ?? []), measure(FIRST_PORT + index, values.seconds)]);
    }
  }
  print(results);
}

function print(results: Map<string, Figures[]>): void {
  const rows = [...results].map(([name, figures]) => ({
    name,
    requestsPerSecond: Math.round(median(figures.map((figure) => figure.requestsPerSecond))),
    p99Ms: median(figures.map((figure) => figure.p99Ms)),
  }));
  if (values.json) {
    console.log(JSON.stringify({ accessLog: values.log, rows }));
    return;
  }
  const base = rows.find(({ name }) => name === "node:http")?.requestsPerSecond;
  console.log(`One core each, ${values.connections} connections, access log ${values.log ? "on" : "off"}`);
  for (const { name, requestsPerSecond, p99Ms } of rows) {
    const share = base === undefined ? "" : `${(requestsPerSecond / base).toFixed(2)} × node:http`;
    console.log(
      `${name.padEnd(28)}${String(requestsPerSecond).padStart(8)} /s  p99 ${p99Ms.toFixed(2).padStart(7)} ms  ${share}`,
    );
  }
}

try {
  await run();
} finally {
  for (const child of children) child.kill("SIGTERM");
  await sleep(500);
  for (const name of ["http", "hono"])
    rmSync(join(ROOT, "node_modules", `.bench-${process.pid}-${name}.mjs`), { force: true });
  rmSync(work, { recursive: true, force: true });
}
