// Requests per second through Causeway on Node and on Bun, beside nginx, in one run: `node bench/proxy/run.ts`.
// Each proxy has one core; wrk and the origin share the other. Needs wrk and nginx.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
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
): Promise<void> {
  const child = spawn("taskset", ["-c", core, command, ...args], { cwd, stdio: "ignore" });
  children.push(child);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await isListening(port)) return;
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

/** Requests per second and the 99th percentile. */
function measure(port: number, path: string): { rate: number; p99: string; errors: string } {
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
  const text = run(SECONDS);
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0),
    p99: /99%\s+(\S+)/.exec(text)?.[1] ?? "?",
    errors: /Non-2xx.*|Socket errors.*/.exec(text)?.[0] ?? "",
  };
}

const folder = await mkdtemp(join(tmpdir(), "causeway-bench-proxy-"));
try {
  const [origin, nginx, node, bun] = [await freePort(), await freePort(), await freePort(), await freePort()];
  await start(
    "1",
    origin,
    join(BIN, "node"),
    [join(import.meta.dirname, "origin.mjs"), String(origin)],
    folder,
  );
  await buildSite(folder, origin);
  await start(
    "0",
    nginx,
    "nginx",
    ["-c", await writeNginx(folder, nginx, origin), "-e", `${folder}/error.log`],
    folder,
  );
  await start("0", node, join(BIN, "node"), [join(folder, "dist/node.js"), "--port", String(node)], folder);
  await start("0", bun, join(BIN, "bun"), [join(folder, "dist/bun.js"), "--port", String(bun)], folder);
  for (const path of ["/json", "/1mb"]) {
    const rows = { origin, nginx, "causeway on node": node, "causeway on bun": bun };
    let reference = 0;
    for (const [name, port] of Object.entries(rows)) {
      const { rate, p99, errors } = measure(port, path);
      if (name === "nginx") reference = rate;
      const ratio = reference === 0 ? "" : `${(rate / reference).toFixed(2)} × nginx`;
      console.log(
        path.padEnd(6),
        name.padEnd(17),
        rate.toFixed(0).padStart(7),
        "req/s  p99",
        p99.padStart(8),
        ratio,
        errors,
      );
    }
  }
} finally {
  for (const child of children) child.kill("SIGTERM");
  await rm(folder, { recursive: true, force: true });
}
