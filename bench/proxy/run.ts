// Requests per second through Causeway on Node and on Bun, beside nginx, in one run: `node bench/proxy/run.ts`.
// Each proxy has one core; wrk and the origin share the other. Where others use the machine at the same time, the
// processor time per request is what can be compared. Needs wrk, nginx and Linux.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SECONDS = Number(process.env.SECONDS ?? 4);
const CONNECTIONS = 32;
const ROOT = resolve(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");
const children: ChildProcess[] = [];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(true)).once("error", () => done(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Starts a program on one core and waits until it listens. */
async function start(
  core: string,
  port: number,
  command: string,
  args: string[],
  cwd: string,
): Promise<number> {
  const child = spawn("taskset", ["-c", core, command, ...args], { cwd, stdio: "ignore" });
  children.push(child);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await isListening(port)) return child.pid as number;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${command} does not listen on ${port}`);
}

async function buildSite(folder: string, origin: number): Promise<void> {
  const config = `export default {
  upstreams: { app: ["http://127.0.0.1:${origin}"] },
  routes: [{ path: "/*", upstream: "app" }],
};\n`;
  await writeFile(join(folder, "causeway.config.ts"), config);
  execFileSync(process.execPath, [join(ROOT, "lib/cli/bin.js"), "build"], { cwd: folder, stdio: "ignore" });
}

async function writeNginx(folder: string, port: number, origin: number): Promise<string> {
  await mkdir(join(folder, "nginx"));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/nginx/${name};`)
    .join("\n");
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; ${temporary} keepalive_requests 1000000;
upstream app { server 127.0.0.1:${origin}; keepalive 64; keepalive_requests 1000000; }
server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  return file;
}

/** Processor time of a process and its threads so far, in ms; the kernel counts in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Requests per second, the 99th percentile, and what one request costs the process. */
function measure(port: number, pid: number, path: string) {
  const run = (seconds: number) =>
    execFileSync(
      "taskset",
      [
        "-c",
        "1",
        "wrk",
        "-t1",
        `-c${CONNECTIONS}`,
        `-d${seconds}s`,
        "--latency",
        `http://127.0.0.1:${port}${path}`,
      ],
      { encoding: "utf8" },
    );
  run(1);
  const before = processorMs(pid);
  const text = run(SECONDS);
  const count = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  return {
    costUs: ((processorMs(pid) - before) * 1_000) / count,
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0),
    p99: / 99%\s+(\S+)/.exec(text)?.[1] ?? "?",
    errors: /Non-2xx.*|Socket errors.*/.exec(text)?.[0] ?? "",
  };
}

const folder = await mkdtemp(join(tmpdir(), "causeway-bench-proxy-"));
try {
  const [origin, nginx, node, bun] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const dist = join(folder, "dist");
  const script = join(import.meta.dirname, "origin.mjs");
  const originPid = await start("1", origin, process.execPath, [script, String(origin)], folder);
  await buildSite(folder, origin);
  const nginxArgs = ["-c", await writeNginx(folder, nginx, origin), "-e", `${folder}/error.log`];
  const nginxPid = await start("0", nginx, "nginx", nginxArgs, folder);
  const nodePid = await start(
    "0",
    node,
    process.execPath,
    [`${dist}/node.js`, "--port", String(node)],
    folder,
  );
  const bunPid = await start("0", bun, join(BIN, "bun"), [`${dist}/bun.js`, "--port", String(bun)], folder);
  const rows: [name: string, port: number, pid: number][] = [
    ["origin", origin, originPid],
    ["nginx", nginx, nginxPid],
    ["causeway on node", node, nodePid],
    ["causeway on bun", bun, bunPid],
  ];
  for (const path of ["/json", "/1mb"]) {
    for (const [name, port, pid] of rows) {
      const { rate, p99, costUs, errors } = measure(port, pid, path);
      const shown = `${rate.toFixed(0).padStart(7)} req/s  p99 ${p99.padStart(8)}`;
      console.log(path.padEnd(6), name.padEnd(17), shown, `${costUs.toFixed(0).padStart(6)} µs each`, errors);
    }
  }
} finally {
  for (const child of children) child.kill("SIGTERM");
  await rm(folder, { recursive: true, force: true });
}
