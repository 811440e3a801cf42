// What does the same JSON route cost in different servers? Each on one processor, the load generator on another, in
// turns, so that whatever else the machine does meets all of them.
// Needs Linux with two processors and wrk; nginx, uwsgi (with its python3 plugin) and python3-flask for the Flask row.
// Run: npm run bench app-server [-- --rounds N --seconds N --only name,… --log --two --install --json]

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Contender, runContest, type Task } from "./contest.ts";
import { buildNitro } from "./nitro.ts";
import { hasProgram } from "./programs.ts";
import { report } from "./report.ts";
import { CAUSEWAY, ROOT, runtimeOf } from "./runtimes.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
    only: { type: "string" },
    /** Each server writes a line for each request. */
    log: { type: "boolean", default: false },
    /** One worker and two on two processors, of which the generator takes a part of the second. */
    two: { type: "boolean", default: false },
    install: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const BASE = "node:http";
const TASK: Task = { name: "JSON", path: "/api/hello", status: 200, matches: /"hello":\s*"world"/ };
const work = mkdtempSync(join(tmpdir(), "causeway-bench-"));
// nginx's workers run as another user.
chmodSync(work, 0o755);
symlinkSync(join(ROOT, "node_modules"), join(work, "node_modules"));

const NODE_HTTP = `import { createServer } from "node:http";
createServer((request, response) => {
  if (LOG) console.log(JSON.stringify({ time: new Date().toISOString(), method: request.method, url: request.url, status: 200 }));
  const body = JSON.stringify({ hello: "world", id: 42 });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");`;

const BUN_SERVE = `Bun.serve({
  port: Number(process.env.PORT),
  hostname: "127.0.0.1",
  fetch(request) {
    if (LOG) console.log(JSON.stringify({ time: new Date().toISOString(), method: request.method, url: request.url, status: 200 }));
    return Response.json({ hello: "world", id: 42 });
  },
});`;

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

function script(name: string, file: string, text: string, command: string): Contender {
  writeFileSync(join(work, file), text.replaceAll("LOG", String(values.log)));
  return { name, command: () => ({ args: [command, file], cwd: work }) };
}

/** A process by itself has none. */
function controlOf(name: string): string[] {
  return name.endsWith(" 0") ? [] : ["--control", join(work, `${name.replaceAll(" ", "")}.sock`)];
}

function createCauseway(): Contender[] {
  const cwd = join(work, "site");
  mkdirSync(join(cwd, "functions/api"), { recursive: true });
  const source = 'export const onRequestGet = () => Response.json({ hello: "world", id: 42 });\n';
  writeFileSync(join(cwd, "functions/api/hello.ts"), source);
  const targets = ["--target", "node", "--target", "bun"];
  execFileSync(process.execPath, [CAUSEWAY, "build", ...targets], { cwd, stdio: "ignore" });
  const start = (name: string, ...options: string[]): Contender => ({
    name: `causeway start ${name}`,
    command: (port) => ({
      // Each its own: of one build there may be one server for each control socket.
      args: [process.execPath, CAUSEWAY, "start", "--port", String(port), ...options, ...controlOf(name)],
      cwd,
    }),
  });
  const log = values.log ? ["--access-log"] : [];
  const one = start("--workers 1", "--workers", "1", ...log);
  if (values.two) return [one, start("--workers 2", "--workers", "2", ...log)];
  const bun: Contender = {
    name: "Causeway on Bun",
    command: (port) => ({ args: [runtimeOf("bun"), "dist/bun.js", "--port", String(port)], cwd }),
  };
  return [start("--workers 0", "--workers", "0", ...log), one, ...(values.log ? [] : [bun])];
}

function createNitro(): Contender[] {
  // It logs no requests.
  if (values.log) return [];
  const cwd = join(work, "nitro");
  mkdirSync(join(cwd, "routes/api"), { recursive: true });
  const source = `import { defineHandler } from "nitro/h3";
export default defineHandler(() => ({ hello: "world", id: 42 }));\n`;
  writeFileSync(join(cwd, "routes/api/hello.get.js"), source);
  const nitro = buildNitro(cwd);
  return nitro === undefined ? [] : [nitro];
}

/** uWSGI with one process, and nginx in front of it, in one group of processes. */
function createFlask(): Contender[] {
  const isThere =
    hasProgram("nginx", "nginx-light", values.install) &&
    hasProgram("uwsgi", "uwsgi-plugin-python3", values.install);
  if (!isThere) return [];
  writeFileSync(join(work, "app.py"), FLASK);
  const command = (port: number) => {
    const access = values.log ? join(work, "access.log") : "off";
    const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const config = `daemon off; worker_processes 1; pid ${work}/nginx.pid; error_log ${work}/nginx-error.log;
events { worker_connections 1024; }
http { access_log ${access}; ${places.map((place) => `${place}_temp_path ${work}/${place};`).join(" ")}
server { listen 127.0.0.1:${port}; keepalive_requests 1000000;
location / { include /etc/nginx/uwsgi_params; uwsgi_pass unix:${work}/uwsgi.sock; } } }`;
    writeFileSync(join(work, "nginx.conf"), config);
    const quiet = values.log ? "" : "--disable-logging";
    const uwsgi = `uwsgi --plugin python3 --socket ${work}/uwsgi.sock --module app:app --master --processes 1 --chmod-socket=666 --die-on-term ${quiet}`;
    return { args: ["sh", "-c", `${uwsgi} & exec nginx -c ${work}/nginx.conf -p ${work}`], cwd: work };
  };
  return [{ name: "nginx, uWSGI, Flask", command }];
}

function createContenders(): Contender[] {
  const causeway = createCauseway();
  if (values.two) return causeway;
  return [
    script(BASE, "http.mjs", NODE_HTTP, process.execPath),
    ...causeway,
    script("Hono on node-server", "hono.mjs", HONO, process.execPath),
    ...createNitro(),
    script("Bun.serve", "serve.mjs", BUN_SERVE, runtimeOf("bun")),
    ...createFlask(),
  ];
}

function isWanted({ name }: Contender): boolean {
  return values.only?.split(",").some((part) => name.toLowerCase().includes(part.toLowerCase())) ?? true;
}

try {
  const settings = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
  };
  const base = values.two ? "causeway start --workers 1" : BASE;
  const options = { ...settings, base, ...(values.two && { serverCores: "0,1" }) };
  const { rows, excluded } = await runContest(createContenders().filter(isWanted), [TASK], options);
  report(rows, excluded, { base, json: values.json, settings: { ...settings, log: values.log } });
} finally {
  rmSync(work, { recursive: true, force: true });
}
