// A real PHP application behind a real php-fpm: every answer is nginx's.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../../src/runtimes/node.ts";
import { ask, comparable, type Question } from "./ask.ts";
import { createFolder, findFreePort, findProgram, type Peer, startPeer } from "./peers.ts";
import { startProxy } from "./proxy-site.ts";

const fpm = findProgram("php-fpm", "php-fpm8.4", "php-fpm8.3", "php-fpm8.2", "php-fpm8.1");
const nginx = findProgram("nginx");
const missing = [...(fpm === undefined ? ["php-fpm"] : []), ...(nginx === undefined ? ["nginx"] : [])];

const SCRIPT = join(import.meta.dirname, "index.php");
const boundary = "----x";
const form = `--${boundary}\r\nContent-Disposition: form-data; name="t"\r\n\r\nvalue\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n${"y".repeat(100_000)}\r\n--${boundary}--\r\n`;

const QUESTIONS: Question[] = [
  { path: "/" },
  { path: "/a/b?c=d&e=%20" },
  { path: "/caf%C3%A9/%E2%82%AC" },
  { path: "/a%20b" },
  { path: "/a;b=c" },
  { path: "//a//b" },
  { path: "/redirect" },
  { path: "/cookies" },
  { path: "/missing" },
  { path: "/nothing" },
  { path: "/big" },
  { path: "/", method: "HEAD" },
  { path: "/", method: "PUT", body: "put" },
  { path: "/", method: "DELETE" },
  { path: "/", method: "PATCH", body: "x".repeat(70_000) },
  {
    path: "/",
    method: "POST",
    body: "a=1&b=2",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  },
  { path: "/", method: "POST", body: '{"a":"ü"}', headers: { "content-type": "application/json" } },
  { path: "/", method: "POST", body: "" },
  {
    path: "/upload",
    method: "POST",
    body: form,
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  },
  { path: "/", headers: { cookie: "a=1; b=2", "x-test": "1" } },
  { path: "/", headers: { "x-test": Buffer.from("ü").toString("latin1") } },
  { path: `/?${"q".repeat(3_000)}` },
];

describe.skipIf(missing.length > 0)(
  `a PHP application${missing.length > 0 ? ` (not installed: ${missing})` : ""}`,
  () => {
    const peers: Peer[] = [];
    const servers: RunningServer[] = [];
    let folder: Awaited<ReturnType<typeof createFolder>>;
    let nginxPort: number;

    beforeAll(async () => {
      folder = await createFolder();
      const fpmPort = await findFreePort();
      nginxPort = await findFreePort();
      const socket = join(folder.path, "php.sock");
      peers.push(await startFpm(folder.path, `127.0.0.1:${fpmPort}`, fpmPort, "tcp"));
      peers.push(await startFpm(folder.path, socket, socket, "unix"));
      peers.push(await startNginx(folder.path, nginxPort, fpmPort));
      for (const url of [`fastcgi://127.0.0.1:${fpmPort}`, `fastcgi+unix://${socket}`]) {
        servers.push(
          await startProxy({
            upstreams: { php: { servers: [url], script: SCRIPT } },
            routes: [{ path: "/*", upstream: "php" }],
          }),
        );
      }
    }, 60_000);

    afterAll(async () => {
      await Promise.all(servers.map((server) => server.close(100)));
      await Promise.all(peers.map((peer) => peer.stop("SIGTERM")));
      await folder?.remove();
    });

    it(`answers ${QUESTIONS.length} requests as behind nginx, over TCP and over a unix socket`, {
      timeout: 60_000,
    }, async () => {
      for (const question of QUESTIONS) {
        const expected = comparable(await ask(nginxPort, question));
        for (const { url } of servers) {
          const reply = await ask(Number(url.port), question);
          expect({ question, ...comparable(reply) }).toEqual({ question, ...expected });
        }
      }
    });

    it("gives the application bodies of unknown length, which nginx collects as well", async () => {
      const body = { path: "/", method: "POST", body: "chunked", isChunked: true };
      const reply = await ask(Number(servers[0]?.url.port), body);
      expect(JSON.parse(reply.body.toString())).toMatchObject({ body: "chunked" });
    });

    it("answers 502 when the server is gone", async () => {
      await peers[1]?.stop("SIGTERM");
      const reply = await ask(Number(servers[1]?.url.port), { path: "/" });
      expect(reply.status).toBe(502);
    });
  },
);

async function startFpm(
  folder: string,
  listen: string,
  awaited: number | string,
  name: string,
): Promise<Peer> {
  const file = join(folder, `fpm-${name}.conf`);
  const user = process.getuid?.() === 0 ? "user = root\ngroup = root\n" : "";
  await writeFile(
    file,
    `[global]\nerror_log = ${folder}/fpm-${name}.log\ndaemonize = no\n[www]\n${user}listen = ${listen}\npm = static\npm.max_children = 2\n`,
  );
  const asRoot = process.getuid?.() === 0 ? ["-R"] : [];
  return startPeer(fpm as string, ["-F", ...asRoot, "-y", file], awaited);
}

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
server { listen 127.0.0.1:${port}; server_name site.test; location / {
  include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME ${SCRIPT}; fastcgi_param SCRIPT_NAME /index.php;
  fastcgi_param PATH_INFO $document_uri; fastcgi_pass 127.0.0.1:${upstream}; } } }`,
  );
  return startPeer(nginx as string, ["-c", file, "-e", `${folder}/error.log`], port);
}
