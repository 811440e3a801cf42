// Guards that need another server, a connection or a trusted proxy, through a build on each runtime that is a process.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { buildSite } from "../conformance/build-site.ts";
import { ask } from "../process/proxy/ask.ts";
import { type LaunchedSite, launch } from "./launch.ts";

const RUNTIMES = ["node", "bun", "deno"] as const;

let folder: string;
let origin: Server;
const handshakes: IncomingHttpHeaders[] = [];

/** Lets ann in by her cookie, and tells what arrived. */
function createOrigin(): Server {
  const server = createServer((request, response) => {
    const { url, headers, method } = request;
    if (url !== "/verify") return response.end(JSON.stringify({ url, headers }));
    const isKnown =
      headers.cookie === "user=ann" && method === "GET" && headers["x-original-uri"] !== undefined;
    if (isKnown) response.writeHead(204, { "x-user": "ann" });
    else response.writeHead(401, { "www-authenticate": 'Custom realm="app"' });
    return response.end();
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (client, request) => {
    handshakes.push(request.headers);
    client.on("message", (data) => client.send(data));
  });
  return server;
}

beforeAll(async () => {
  origin = createOrigin();
  await new Promise<void>((done) => origin.listen(0, "127.0.0.1", done));
  folder = await mkdtemp(join(tmpdir(), "causeway-guards-"));
  await writeFile(
    join(folder, "causeway.config.ts"),
    `export default {
  trustedProxies: ["127.0.0.1"],
  clients: { maxHeaderSize: "4KB", maxHeaders: 30, headerTimeout: "30s" },
  upstreams: { app: "http://127.0.0.1:${(origin.address() as AddressInfo).port}" },
  routes: [
    { path: "/app/*", auth: { request: { upstream: "app", path: "/verify", copy: ["x-user"] } }, csrf: true, upstream: "app" },
    { path: "/office/*", allow: ["192.0.2.0/24"], upstream: "app" },
    { path: "/*", upstream: "app" },
  ],
};\n`,
  );
  await buildSite(folder, join(folder, "dist"), RUNTIMES);
}, 60_000);

afterAll(async () => {
  origin.closeAllConnections();
  await new Promise((done) => origin.close(done));
  await rm(folder, { recursive: true, force: true });
});

describe.each(RUNTIMES)("guards on %s", (runtime) => {
  let site: LaunchedSite;
  let port: number;

  beforeAll(async () => {
    site = await launch(runtime, join(folder, "dist"));
    port = Number(site.origin.port);
  }, 60_000);

  afterAll(() => site?.stop());

  const get = (path: string, headers: Record<string, string> = {}) => ask(port, { path, headers });

  it("and upstreams know one host: that of an absolute target", async () => {
    const { body } = await ask(port, { path: "http://public.test/any", headers: { host: "admin.test" } });
    const { headers } = JSON.parse(body.toString());
    expect([headers.host, headers["x-forwarded-host"]]).toEqual(["public.test", "public.test"]);
  });

  it("let in whom another server knows, and tell who it is", async () => {
    const refused = await get("/app/x", { "x-user": "eve" });
    expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, 'Custom realm="app"']);
    const aliases = { "x-user": "eve", x_user: "eve", "x.user": "eve", connection: "close, x-user" };
    const reply = await get("/app/x", { cookie: "user=ann", ...aliases });
    const { headers } = JSON.parse(reply.body.toString()) as { headers: Record<string, string> };
    const users = Object.entries(headers).filter(([name]) => /^x.user$/.test(name));
    expect([reply.status, users]).toEqual([200, [["x-user", "ann"]]]);
  });

  it("drop who a client says it is on other routes, too", async () => {
    const reply = await get("/free", { "x-user": "eve", X_User: "eve" });
    expect(reply.body.toString()).not.toContain("eve");
  });

  it("stand before WebSockets", async () => {
    handshakes.length = 0;
    const open = (headers: Record<string, string>) =>
      new Promise<number | string>((done) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/app/socket`, { headers });
        socket.on("unexpected-response", (_, response) => {
          response.resume();
          done(response.statusCode ?? 0);
        });
        socket.on("open", () => socket.send("hello"));
        socket.on("message", (data) => {
          done(String(data));
          socket.close();
        });
        socket.on("error", () => {});
      });
    expect(await open({ "x-user": "eve" })).toBe(401);
    expect(await open({ cookie: "user=ann", origin: "https://evil.test" })).toBe(403);
    expect(handshakes).toEqual([]);
    expect(await open({ cookie: "user=ann", "x-user": "eve" })).toBe("hello");
    expect(handshakes.map((headers) => headers["x-user"])).toEqual(["ann"]);
  });

  it("take a client's address from proxies that are trusted only", async () => {
    const from = async (chain: string, more = {}) =>
      (await get("/office/x", { "x-forwarded-for": chain, ...more })).status;
    expect(await from("192.0.2.7")).toBe(200);
    expect(await from("::ffff:192.0.2.7")).toBe(200);
    expect(await from("192.0.2.7, 198.51.100.1")).toBe(403);
    expect(await from("198.51.100.1", { "cf-connecting-ip": "192.0.2.7", "x-real-ip": "192.0.2.7" })).toBe(
      403,
    );
  });

  it("refuse heads that are too large", async () => {
    expect((await get("/free", { "x-long": "x".repeat(5_000) })).status).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`x-${index}`, "1"]));
    expect((await get("/free", many)).status).toBe(431);
    expect((await get("/free", { "x-long": "x".repeat(3_000) })).status).toBe(200);
  });
});
