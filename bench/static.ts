// How fast are static files? Causeway on Node, Bun and Deno beside nginx, Caddy, Nitro and Hono, with bare node:http
// and Bun's static routes as the limits of their runtimes.
// Run: npm run bench static [-- --rounds N --seconds N --only name,… --tasks name,… --install --json]

import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Contender, runContest, type Task } from "./contest.ts";
import { buildNitro } from "./nitro.ts";
import { hasProgram } from "./programs.ts";
import { report } from "./report.ts";
import { CAUSEWAY, ROOT, runtimeOf } from "./runtimes.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "32" },
    only: { type: "string" },
    tasks: { type: "string" },
    install: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const BASE = "nginx";
const work = mkdtempSync(join(tmpdir(), "causeway-bench-"));
// nginx's workers run as another user.
chmodSync(work, 0o755);
const publicDirectory = join(work, "site/public");
mkdirSync(publicDirectory, { recursive: true });

const SIZES = { "1 KB": 1_024, "10 KB": 10_240, "100 KB": 102_400, "1 MB": 1_048_576 };
const text = Buffer.from(createText(102_400));
const gzipped = gzipSync(text, { level: 9 });

function createText(length: number): string {
  const words = "the quick brown fox jumps over a lazy dog and runs along the river".split(" ");
  let written = "";
  while (written.length < length)
    written += `${words[written.length % words.length]}-${randomBytes(2).toString("hex")} `;
  return written.slice(0, length);
}

function fileOf(task: string): string {
  return `${task.replace(" ", "").toLowerCase()}.png`;
}

/** Images, so that nobody compresses them. */
function writeFiles(): Task[] {
  writeFileSync(join(publicDirectory, "index.html"), "<!doctype html><title>Bench</title>");
  writeFileSync(join(publicDirectory, "page.txt"), text);
  const tasks: Task[] = Object.entries(SIZES).map(([name, size]) => {
    const bytes = randomBytes(size);
    writeFileSync(join(publicDirectory, fileOf(name)), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name, path: `/${fileOf(name)}`, status: 200, sha256 };
  });
  return [
    ...tasks,
    { name: "304", path: `/${fileOf("1 KB")}`, revalidates: true, status: 304 },
    { name: "100 KB, gzip", path: "/page.txt", headers: { "accept-encoding": "gzip" }, status: 200 },
  ];
}

function run(cwd: string, command: string, args: string[]): void {
  execFileSync(command, args, { cwd, stdio: "ignore", env: { ...process.env, NODE_ENV: "production" } });
}

function createCauseway(): Contender[] {
  const cwd = join(work, "site");
  writeFileSync(join(cwd, "wrangler.json"), '{ "name": "bench", "pages_build_output_dir": "public" }');
  const targets = ["node", "bun", "deno"].flatMap((target) => ["--target", target]);
  run(cwd, process.execPath, [CAUSEWAY, "build", ...targets]);
  const starts = {
    "Causeway on Node": [process.execPath, "dist/node.js"],
    "Causeway on Bun": [runtimeOf("bun"), "dist/bun.js"],
    "Causeway on Deno": [runtimeOf("deno"), "run", "-A", "dist/deno.js"],
  };
  return Object.entries(starts).map(([name, args]) => ({
    name,
    command: (port) => ({ args: [...args, "--port", String(port)], cwd }),
  }));
}

/** nginx and Caddy get the compressed form as a file, as one would do where speed matters. */
function createWebServers(): Contender[] {
  const served = join(work, "served");
  run(work, "cp", ["-r", publicDirectory, served]);
  writeFileSync(join(served, "page.txt.gz"), gzipped);
  const contenders: Contender[] = [];
  if (hasProgram("nginx", "nginx-light", values.install)) contenders.push(createNginx(served));
  if (hasProgram("caddy", "caddy", values.install)) contenders.push(createCaddy(served));
  return contenders;
}

function createNginx(served: string): Contender {
  return {
    name: "nginx",
    command(port) {
      const file = join(work, "nginx.conf");
      const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      writeFileSync(
        file,
        `daemon off; worker_processes 1; pid ${work}/nginx.pid; error_log ${work}/nginx-error.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=1000;
types { image/png png; text/html html; text/plain txt; } gzip_static on;
${places.map((place) => `${place}_temp_path ${work}/${place};`).join(" ")}
server { listen 127.0.0.1:${port}; root ${served}; } }`,
      );
      return { args: ["nginx", "-c", file, "-p", work], cwd: work };
    },
  };
}

function createCaddy(served: string): Contender {
  return {
    name: "Caddy",
    command(port) {
      const file = join(work, "Caddyfile");
      writeFileSync(
        file,
        `{\n admin off\n auto_https off\n}\nhttp://127.0.0.1:${port} {\n root * ${served}\n file_server {\n  precompressed gzip\n }\n}\n`,
      );
      return { args: ["caddy", "run", "--config", file, "--adapter", "caddyfile"], cwd: work };
    },
  };
}

function createNitro(): Contender[] {
  const cwd = join(work, "nitro");
  mkdirSync(cwd);
  run(cwd, "cp", ["-r", publicDirectory, join(cwd, "public")]);
  const nitro = buildNitro(cwd, { compressPublicAssets: { gzip: true } });
  return nitro === undefined ? [] : [nitro];
}

const HONO = `import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
const app = new Hono();
app.use(serveStatic({ root: "./served", precompressed: true }));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });`;

const NODE_HTTP = `import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
const files = new Map(readdirSync("served").map((name) => ["/" + name, readFileSync("served/" + name)]));
createServer((request, response) => {
  const packed = request.headers["accept-encoding"] === undefined ? undefined : files.get(request.url + ".gz");
  const file = packed ?? files.get(request.url);
  const fields = { etag: '"one"', "content-type": request.url.endsWith(".txt") ? "text/plain" : "image/png" };
  if (packed) fields["content-encoding"] = "gzip";
  if (file === undefined) response.writeHead(404).end();
  else if (request.headers["if-none-match"] === '"one"') response.writeHead(304, fields).end();
  else response.writeHead(200, { ...fields, "content-length": file.length }).end(file);
}).listen(Number(process.env.PORT), "127.0.0.1");`;

const BUN_ROUTES = `import { readdirSync, readFileSync } from "node:fs";
const routes = {};
for (const name of readdirSync("served")) {
  const headers = { "content-type": name.endsWith(".txt") ? "text/plain" : "image/png" };
  routes["/" + name] = new Response(readFileSync("served/" + name), { headers });
}
Bun.serve({ port: Number(process.env.PORT), hostname: "127.0.0.1", routes, fetch: () => new Response() });`;

function createLimits(): Contender[] {
  run(work, "ln", ["-s", join(ROOT, "node_modules"), join(work, "node_modules")]);
  const write = (name: string, source: string) => writeFileSync(join(work, name), source);
  write("hono.mjs", HONO);
  write("http.mjs", NODE_HTTP);
  write("routes.mjs", BUN_ROUTES);
  const start = (args: string[]) => () => ({ args, cwd: work });
  return [
    { name: "Hono serveStatic", command: start([process.execPath, "hono.mjs"]) },
    { name: "bare node:http", command: start([process.execPath, "http.mjs"]) },
    { name: "Bun static routes", command: start([runtimeOf("bun"), "routes.mjs"]) },
  ];
}

function isWanted(list: string | undefined, name: string): boolean {
  return list?.split(",").some((part) => name.toLowerCase().includes(part.toLowerCase())) ?? true;
}

try {
  const settings = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
  };
  const tasks = writeFiles().filter(({ name }) => isWanted(values.tasks, name));
  const nitro = isWanted(values.only, "Nitro") ? createNitro() : [];
  const contenders = [...createCauseway(), ...createWebServers(), ...nitro, ...createLimits()];
  const { rows, excluded } = await runContest(
    contenders.filter(({ name }) => isWanted(values.only, name)),
    tasks,
    { ...settings, base: BASE },
  );
  report(rows, excluded, { base: BASE, json: values.json, settings });
} finally {
  rmSync(work, { recursive: true, force: true });
}
