// A real Flask application behind a real uWSGI: every answer is nginx's, and a killed uWSGI is survived.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../../src/runtimes/node.ts";
import { ask, comparable, type Question } from "./ask.ts";
import { createFolder, findFreePort, findProgram, hasPythonModule, type Peer, startPeer } from "./peers.ts";
import { everythingTo, startProxy } from "./proxy-site.ts";

const uwsgi = findProgram("uwsgi");
const nginx = findProgram("nginx");
const missing = [
  ...(uwsgi === undefined ? ["uwsgi"] : []),
  ...(nginx === undefined ? ["nginx"] : []),
  ...(hasPythonModule("flask") ? [] : ["python3-flask"]),
];

const boundary = "----x";
const form = [
  `--${boundary}\r\nContent-Disposition: form-data; name="t"\r\n\r\nvälue\r\n`,
  `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="ü.bin"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  `${"y".repeat(200_000)}\r\n--${boundary}--\r\n`,
].join("");

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
const STATUSES = [
  200, 201, 202, 204, 206, 301, 304, 400, 401, 403, 404, 405, 409, 410, 418, 422, 429, 500, 501, 502, 503,
  504,
];
const PATHS = [
  "/",
  "/echo",
  "/echo?a=1&a=2&b=%20%26",
  "/echo?",
  "/echo?x=%ff",
  "/echo?q=a+b",
  "/echo/",
  "//echo",
  "/path/a%20b",
  "/path/caf%C3%A9",
  "/path/%E2%82%AC/%F0%9F%98%80",
  "/path/a%2Fb",
  "/path/a//b",
  "/path/a%3Fb%23c",
  "/path/a;b=c",
  "/path/a+b",
  "/path/a%25b",
  "/path/~user/!$&'()*,=:@",
  "/path/%61%62",
  "/path/a/../b",
  "/path/./a",
  "/name/ann",
  "/name/ann/",
  "/nowhere",
  "/redirect",
  "/login?u=ann",
  "/me",
  "/etag",
  "/error",
  "/big/1",
  "/big/100000",
  "/big/5000000",
  `/path/${"a".repeat(3_000)}`,
];
const QUESTIONS: Question[] = [
  ...PATHS.map((path) => ({ path })),
  ...METHODS.map((method) => ({ path: "/echo", method })),
  ...STATUSES.map((status) => ({ path: `/status/${status}` })),
  {
    path: "/echo",
    headers: { cookie: "a=1; b=2", "x-test": "1", accept: "text/html, */*;q=0.1", "user-agent": "t" },
  },
  { path: "/echo", headers: { "x-utf8": Buffer.from("ü€").toString("latin1") } },
  { path: "/echo", headers: { connection: "x-hop", "x-end": "2", te: "trailers" } },
  { path: "/echo", headers: { x_under: "1", proxy: "evil" } },
  {
    path: "/echo",
    method: "POST",
    body: "a=1&b=%20",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  },
  { path: "/echo", method: "PUT", body: '{"a":"ü"}', headers: { "content-type": "application/json" } },
  { path: "/echo", method: "POST", body: "" },
  { path: "/size", method: "POST", body: "z".repeat(3_000_000) },
  {
    path: "/upload",
    method: "POST",
    body: form,
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  },
  { path: "/etag", headers: { "if-none-match": '"v1"' } },
  { path: "/etag", headers: { "if-none-match": '"v2"' } },
  { path: "/stream" },
];

describe.skipIf(missing.length > 0)(
  `a Flask application${missing.length > 0 ? ` (not installed: ${missing})` : ""}`,
  () => {
    const peers: Peer[] = [];
    const servers: RunningServer[] = [];
    let folder: Awaited<ReturnType<typeof createFolder>>;
    let uwsgiArgs: string[];
    let uwsgiPort: number;
    let nginxPort: number;
    let overTcp: number;
    let overSocket: number;

    beforeAll(async () => {
      folder = await createFolder();
      [uwsgiPort, nginxPort] = [await findFreePort(), await findFreePort()];
      const socket = join(folder.path, "app.sock");
      uwsgiArgs = [
        "--plugin",
        "python3",
        "--socket",
        `127.0.0.1:${uwsgiPort}`,
        "--socket",
        socket,
        "--chdir",
        import.meta.dirname,
        "--wsgi-file",
        "flask-app.py",
        "--callable",
        "app",
        "--processes",
        "4",
        "--master",
        "--die-on-term",
        "--disable-logging",
        "--buffer-size",
        "32768",
        "--no-orphans",
      ];
      peers.push(await startPeer(uwsgi as string, uwsgiArgs, socket));
      peers.push(await startNginx(folder.path, nginxPort, uwsgiPort));
      for (const url of [`uwsgi://127.0.0.1:${uwsgiPort}`, `uwsgi+unix://${socket}`]) {
        servers.push(await startProxy(everythingTo(url)));
      }
      [overTcp, overSocket] = servers.map(({ url }) => Number(url.port)) as [number, number];
    }, 60_000);

    afterAll(async () => {
      await Promise.all(servers.map((server) => server.close(100)));
      await Promise.all(peers.map((peer) => peer.stop()));
      await folder?.remove();
    });

    it(`answers ${QUESTIONS.length} requests as behind nginx, over TCP and over a unix socket`, {
      timeout: 60_000,
    }, async () => {
      for (const question of QUESTIONS) {
        const expected = comparable(await ask(nginxPort, question));
        for (const port of [overTcp, overSocket]) {
          const reply = await ask(port, question);
          expect({ question, ...comparable(reply) }).toEqual({ question, ...expected });
        }
      }
    });

    it("gives the application bodies of unknown length, which nginx does not", async () => {
      const body = "z".repeat(300_000);
      const reply = await ask(overSocket, { path: "/size", method: "POST", body, isChunked: true });
      expect(reply.body.toString()).toBe("300000");
      const tooLarge = { path: "/size", method: "POST", body: "z".repeat(11_000_000), isChunked: true };
      expect((await ask(overTcp, tooLarge)).status).toBe(413);
    });

    it("keeps a session from one request to the next", async () => {
      const login = await ask(overTcp, { path: "/login?u=ann" });
      const cookies = login.headers["set-cookie"] ?? [];
      expect(cookies.length).toBe(3);
      const cookie = cookies.map((text) => text.split(";")[0]).join("; ");
      expect((await ask(overTcp, { path: "/me", headers: { cookie } })).body.toString()).toBe("ann");
    });

    it("passes the first event of a stream on before the second exists", async () => {
      const startedAt = performance.now();
      const response = await fetch(`http://127.0.0.1:${overSocket}/stream`);
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      const { value } = await reader.read();
      expect(new TextDecoder().decode(value)).toBe("data: 0\n\n");
      expect(performance.now() - startedAt).toBeLessThan(250);
      await reader.cancel();
    });

    it("answers 504 when the application takes longer than is configured, and goes on", async () => {
      const server = await startProxy({
        upstreams: { app: { servers: [`uwsgi://127.0.0.1:${uwsgiPort}`], timeouts: { firstByte: 300 } } },
        routes: [{ path: "/*", upstream: "app" }],
      });
      servers.push(server);
      const port = Number(server.url.port);
      expect((await ask(port, { path: "/slow?s=2" })).status).toBe(504);
      expect((await ask(port, { path: "/name/ann/" })).status).toBe(200);
    });

    it("answers 502 while uWSGI is dead, and recovers by itself", async () => {
      const answers = { good: 0, gateway: 0, other: 0 };
      let isOver = false;
      const load = Array.from({ length: 8 }, async () => {
        while (!isOver) {
          const status = await ask(overTcp, { path: "/echo" }).then(
            (reply) => reply.status,
            () => 0,
          );
          if (status === 200) answers.good += 1;
          else if (status === 502 || status === 504) answers.gateway += 1;
          else answers.other += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await peers[0]?.stop("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 300));
      peers[0] = await startPeer(uwsgi as string, uwsgiArgs, uwsgiPort);
      const before = answers.good;
      await new Promise((resolve) => setTimeout(resolve, 500));
      isOver = true;
      await Promise.all(load);
      expect(answers.other).toBe(0);
      expect(answers.gateway).toBeGreaterThan(0);
      expect(answers.good).toBeGreaterThan(before);
    });
  },
);

async function startNginx(folder: string, port: number, upstream: number): Promise<Peer> {
  await mkdir(join(folder, "tmp"));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/tmp/${name};`)
    .join("\n");
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    `${process.getuid?.() === 0 ? "user root;" : ""} daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http { access_log off; ${temporary} client_max_body_size 100m;
server { listen 127.0.0.1:${port}; server_name site.test; location / { include /etc/nginx/uwsgi_params; uwsgi_pass 127.0.0.1:${upstream}; } } }`,
  );
  return startPeer(nginx as string, ["-c", file, "-e", `${folder}/error.log`], port);
}
