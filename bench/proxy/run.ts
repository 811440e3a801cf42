// What does a proxied request cost, and one that the shared cache answers? Causeway on Node and on Bun beside nginx
// and Caddy, each on one processor; the load generator and the server behind them share the other. Where that one is
// the limit, the processor time per request is what can be compared.
// Needs Linux with two processors and wrk; nginx and caddy where they are installed.
// Run: npm run bench proxy [-- --rounds N --seconds N --only name,… --tasks name,… --install --json]

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { CLIENT_CORE, type Contender, runContest, type Task } from "../contest.ts";
import { hasProgram } from "../programs.ts";
import { report } from "../report.ts";
import { CAUSEWAY, runtimeOf } from "../runtimes.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
    only: { type: "string" },
    tasks: { type: "string" },
    install: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const BASE = "nginx";
const TASKS: Task[] = [
  { name: "small JSON", path: "/json", status: 200, matches: /"a small answer"/ },
  { name: "1 MB", path: "/1mb", status: 200, matches: /^x{1048576}$/ },
  { name: "cache hit, 10 KB", path: "/kept", status: 200, matches: /^y{10240}$/ },
];
const work = mkdtempSync(join(tmpdir(), "causeway-bench-"));
// nginx's workers run as another user.
chmodSync(work, 0o755);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function startOrigin(port: number): Promise<ChildProcess> {
  const args = ["-c", CLIENT_CORE, process.execPath, join(import.meta.dirname, "origin.mjs"), String(port)];
  const child = spawn("taskset", args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((ready) => child.stdout?.once("data", ready));
  return child;
}

function createCauseway(origin: number): Contender[] {
  const cwd = join(work, "site");
  mkdirSync(cwd);
  const config = `export default {
  upstreams: { app: ["http://127.0.0.1:${origin}"] },
  routes: [{ path: "/kept", upstream: "app", cache: true }, { path: "/*", upstream: "app" }],
};\n`;
  writeFileSync(join(cwd, "causeway.config.ts"), config);
  const targets = ["--target", "node", "--target", "bun"];
  execFileSync(process.execPath, [CAUSEWAY, "build", ...targets], { cwd, stdio: "ignore" });
  const starts = {
    "Causeway on Node": [process.execPath, "dist/node.js"],
    "Causeway on Bun": [runtimeOf("bun"), "dist/bun.js"],
  };
  return Object.entries(starts).map(([name, args]) => ({
    name,
    command: (port) => ({ args: [...args, "--port", String(port)], cwd }),
  }));
}

function createNginx(origin: number): Contender {
  const command = (port: number) => {
    const file = join(work, "nginx.conf");
    const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const pass = 'proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";';
    writeFileSync(
      file,
      `daemon off; worker_processes 1; pid ${work}/nginx.pid; error_log ${work}/nginx-error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on;
${places.map((place) => `${place}_temp_path ${work}/${place};`).join(" ")}
proxy_cache_path ${work}/cache keys_zone=kept:1m;
upstream app { server 127.0.0.1:${origin}; keepalive 64; keepalive_requests 1000000; }
server { listen 127.0.0.1:${port}; location / { ${pass} } location /kept { proxy_cache kept; ${pass} } } }`,
    );
    return { args: ["nginx", "-c", file, "-p", work], cwd: work };
  };
  return { name: "nginx", command };
}

/** Caddy keeps no answers by itself. */
function createCaddy(origin: number): Contender {
  const command = (port: number) => {
    const file = join(work, "Caddyfile");
    writeFileSync(
      file,
      `{\n admin off\n auto_https off\n}\nhttp://127.0.0.1:${port} {\n reverse_proxy 127.0.0.1:${origin}\n}\n`,
    );
    return { args: ["caddy", "run", "--config", file, "--adapter", "caddyfile"], cwd: work };
  };
  return { name: "Caddy", command };
}

function createContenders(origin: number): Contender[] {
  const contenders = createCauseway(origin);
  if (hasProgram("nginx", "nginx-light", values.install)) contenders.push(createNginx(origin));
  if (hasProgram("caddy", "caddy", values.install)) contenders.push(createCaddy(origin));
  return contenders;
}

function isWanted(list: string | undefined, { name }: { name: string }): boolean {
  return list?.split(",").some((part) => name.toLowerCase().includes(part.toLowerCase())) ?? true;
}

const port = await freePort();
const origin = await startOrigin(port);
try {
  const settings = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
  };
  const { rows, excluded } = await runContest(
    createContenders(port).filter((contender) => isWanted(values.only, contender)),
    TASKS.filter((task) => isWanted(values.tasks, task)),
    { ...settings, base: BASE },
  );
  report(rows, excluded, { base: BASE, json: values.json, settings });
} finally {
  origin.kill();
  rmSync(work, { recursive: true, force: true });
}
