// What clients see while one of four servers is well and the others are killed, hung, slow, or answer garbage:
// Causeway on Node beside nginx with the like configuration. `node bench/proxy/failures.ts`; needs nginx.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type Agent, createServer, Agent as HttpAgent, type RequestListener, request } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const REQUESTS = 400;
const CONCURRENCY = 16;
const cleanups: (() => unknown)[] = [];

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  cleanups.push(() => {
    server.close();
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function start(port: number, command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: "ignore" });
  cleanups.push(() => child.kill("SIGTERM"));
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isOpen = await new Promise((done) => {
      const socket = connect(port, "127.0.0.1", () => done(true)).once("error", () => done(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${command} does not listen on ${port}`);
}

async function startCauseway(folder: string, servers: number[]): Promise<number> {
  const urls = servers.map((port) => `"http://127.0.0.1:${port}"`).join(", ");
  await writeFile(
    join(folder, "causeway.config.ts"),
    `export default {
  upstreams: { app: { servers: [${urls}], timeouts: { firstByte: "1s" }, health: { maxFails: 1, failTimeout: "10s" } } },
  routes: [{ path: "/*", upstream: "app" }],
};\n`,
  );
  const cli = [join(ROOT, "lib/cli/bin.js"), "build", "--out", join(folder, `dist-${servers.join("-")}`)];
  execFileSync(process.execPath, cli, { cwd: folder, stdio: "ignore" });
  const port = await freePort();
  await start(port, process.execPath, [`${cli[3]}/node.js`, "--port", String(port)]);
  return port;
}

async function startNginx(folder: string, servers: number[]): Promise<number> {
  const port = await freePort();
  const own = join(folder, `nginx-${port}`);
  await mkdir(own);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${own}/${name};`)
    .join("\n");
  const list = servers.map((server) => `server 127.0.0.1:${server} max_fails=1 fail_timeout=10s;`).join(" ");
  await writeFile(
    join(own, "nginx.conf"),
    `daemon off; master_process off; pid ${own}/pid; error_log ${own}/error.log;
events { worker_connections 512; }
http { access_log off; ${temporary} upstream app { ${list} keepalive 32; }
server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; proxy_http_version 1.1;
proxy_set_header Connection ""; proxy_read_timeout 1s; proxy_next_upstream error timeout invalid_header; } } }`,
  );
  await start(port, "nginx", ["-c", join(own, "nginx.conf"), "-e", `${own}/error.log`]);
  return port;
}

function ask(port: number, method: string, agent: Agent): Promise<{ status: number; ms: number }> {
  const startedAt = performance.now();
  return new Promise((done) => {
    const end = (status: number) => done({ status, ms: performance.now() - startedAt });
    const outgoing = request({ host: "127.0.0.1", port, method, agent, path: "/" }, (incoming) => {
      incoming.resume().on("end", () => end(incoming.statusCode ?? 0));
    });
    outgoing.on("error", () => end(0)).end();
  });
}

/** `midway` happens when a quarter of the requests have been sent. */
async function load(port: number, method: string, midway: () => void): Promise<string> {
  const agent = new HttpAgent({ keepAlive: true, maxSockets: CONCURRENCY });
  const answers: { status: number; ms: number }[] = [];
  let left = REQUESTS;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      if (left === (REQUESTS * 3) / 4) midway();
      answers.push(await ask(port, method, agent));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  agent.destroy();
  const statuses = new Map<number, number>();
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => `${(times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(0)} ms`;
  const counts = [...statuses]
    .sort()
    .map(([status, count]) => `${status}: ${count}`)
    .join(", ");
  return `${counts.padEnd(24)} p50 ${at(0.5).padStart(7)}  p99 ${at(0.99).padStart(8)}  most ${at(1).padStart(8)}`;
}

const folder = await mkdtemp(join(tmpdir(), "causeway-failures-"));
try {
  const well = await serve((_, response) => response.end("ok"));
  const slow = await serve((_, response) => setTimeout(() => response.end("ok"), 300));
  const hung = await serve(() => {});
  const garbage = await listen(
    createNetServer((socket) => socket.on("error", () => {}).end("garbage\r\n\r\n")),
  );
  const killed = await freePort();
  let victim = createServer();
  const revive = () => {
    victim = createServer((request, response) => {
      request.resume();
      setTimeout(() => response.end("ok"), 5);
    }).listen(killed, "127.0.0.1");
    return once(victim, "listening");
  };
  const kill = () => {
    victim.close();
    victim.closeAllConnections();
  };
  const cases: Record<string, number[]> = {
    "one killed": [killed, well, well],
    "one hung": [hung, well, well],
    "one slow (300 ms)": [slow, well, well],
    "one answers garbage": [garbage, well, well],
    "all of these, one well": [killed, hung, slow, garbage, well],
  };
  for (const [name, servers] of Object.entries(cases)) {
    const proxies = {
      nginx: await startNginx(folder, servers),
      causeway: await startCauseway(folder, servers),
    };
    for (const method of ["GET", "PUT", "POST"]) {
      for (const [proxy, port] of Object.entries(proxies)) {
        // Killed while it is asked, for each row anew; both proxies have left it alone for long enough by then.
        if (servers.includes(killed)) await revive();
        console.log(name.padEnd(23), method.padEnd(4), proxy.padEnd(9), await load(port, method, kill));
      }
    }
  }
} finally {
  for (const cleanup of cleanups) cleanup();
  await rm(folder, { recursive: true, force: true });
}
