// One proxied application, asked through a build on every runtime: the same answers, whatever carries them.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, get, type Server } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { buildSite } from "../conformance/build-site.ts";
import { ask } from "../process/proxy/ask.ts";
import { type LaunchedSite, launch } from "./launch.ts";
import { sendRaw } from "./raw-request.ts";

const RUNTIMES = ["node", "bun", "deno"] as const;

let folder: string;
let origin: Server;
let uwsgi: ReturnType<typeof createNetServer>;
const closedStreams: string[] = [];

/** Tells what arrived; streams, declines and falls silent on demand. */
function createOrigin(): Server {
  const server = createServer((request, response) => {
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      response.on("close", () => closedStreams.push("events"));
      return;
    }
    const pattern = /^\/(?:kept-|chunked-)?bytes\/(\d+)$/.exec(request.url ?? "")?.[1];
    if (pattern !== undefined && request.url?.startsWith("/chunked")) {
      // Several chunks come with each read.
      const bytes = bytesOf(Number(pattern));
      for (let at = 0; at < bytes.length; at += 10_000) response.write(bytes.subarray(at, at + 10_000));
      response.end();
      return;
    }
    if (pattern !== undefined) {
      const isKept = request.url?.startsWith("/kept") ?? false;
      response.writeHead(200, isKept ? { "cache-control": "public, max-age=60" } : {});
      response.end(bytesOf(Number(pattern)));
      return;
    }
    if (request.url === "/hints") {
      response.writeEarlyHints({ link: "</a.css>" }, () => response.end("late"));
      return;
    }
    if (request.url === "/cookies") {
      response
        .writeHead(
          201,
          "Made",
          [
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
          ].flat(),
        )
        .end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const {
        host,
        cookie,
        "x-forwarded-for": chain,
        "x-hop": hop,
        "content-length": length,
      } = request.headers;
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          host,
          cookie,
          chain,
          hop,
          length,
          size: body.length,
        }),
      );
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (client) =>
    client.on("message", (data, isBinary) => client.send(data, { binary: isBinary })),
  );
  return server;
}

/** Three megabytes of which no part is like another's. */
function bytesOf(seed: number): Buffer {
  const words = new Uint32Array(750_000);
  for (let index = 0; index < words.length; index++)
    words[index] = Math.imul(index + 1, 2_654_435_761 + seed);
  return Buffer.from(words.buffer);
}

/** Downloads over a connection of its own, now and then without reading. */
function download(port: number, path: string, pauseMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get({ port, host: "127.0.0.1", path, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (pauseMs === 0 || chunks.length % 8 !== 0) return;
        incoming.pause();
        setTimeout(() => incoming.resume(), pauseMs);
      });
      incoming.on("end", () => resolve(Buffer.concat(chunks)));
      incoming.on("error", reject);
    }).on("error", reject);
  });
}

/** Answers every uwsgi packet with its size. */
function createUwsgi() {
  return createNetServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (packet: Buffer) => {
      socket.end(`HTTP/1.1 200 OK\r\nX-Packet: ${packet.readUInt16LE(1) === packet.length - 4}\r\n\r\nuwsgi`);
    });
  });
}

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  [origin, uwsgi] = [createOrigin(), createUwsgi()];
  for (const server of [origin, uwsgi])
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  folder = await mkdtemp(join(tmpdir(), "causeway-proxy-runtimes-"));
  await writeFile(
    join(folder, "causeway.config.ts"),
    `export default {
  upstreams: { app: "http://127.0.0.1:${portOf(origin)}", dead: "http://127.0.0.1:9", flask: "uwsgi://127.0.0.1:${portOf(uwsgi)}" },
  routes: [{ path: "/dead", upstream: "dead" }, { path: "/flask", upstream: "flask" }, { path: "/*", upstream: "app" }],
};\n`,
  );
  await buildSite(folder, join(folder, "dist"), RUNTIMES);
}, 60_000);

afterAll(async () => {
  origin.closeAllConnections();
  await Promise.all([origin, uwsgi].map((server) => new Promise((done) => server.close(done))));
  await rm(folder, { recursive: true, force: true });
});

describe.each(RUNTIMES)("a proxy on %s", (runtime) => {
  let site: LaunchedSite;
  let port: number;

  beforeAll(async () => {
    site = await launch(runtime, join(folder, "dist"));
    port = Number(site.origin.port);
  }, 60_000);

  afterAll(() => site?.stop());

  it("passes interim answers on", async () => {
    const head = "GET /hints HTTP/1.1\r\nHost: a\r\nConnection: close";
    expect((await sendRaw(site.origin, head)).statuses).toEqual([103, 200]);
  });

  it("hands on what was asked, and what it knows of the client", async () => {
    const headers = { cookie: "a=1; b=2", "x-forwarded-for": "6.6.6.6", connection: "x-hop", "x-hop": "1" };
    const reply = await ask(port, { path: "/a%20b?c=%2F", headers });
    expect(JSON.parse(reply.body.toString())).toEqual({
      method: "GET",
      url: "/a%20b?c=%2F",
      host: "site.test",
      cookie: "a=1; b=2",
      chain: "127.0.0.1",
      size: 0,
    });
  });

  it("hands bodies on whole, with their length where it is known", async () => {
    const known = await ask(port, { path: "/", method: "POST", body: "x".repeat(100_000) });
    expect(JSON.parse(known.body.toString())).toMatchObject({ size: 100_000, length: "100000" });
    const body = "x".repeat(3_000_000);
    for (const isChunked of [true, false]) {
      const reply = await ask(port, { path: "/", method: "PUT", body, isChunked });
      expect(JSON.parse(reply.body.toString())).toMatchObject({ method: "PUT", size: 3_000_000 });
    }
  });

  it("mixes up no bodies, however many come through, and at whatever pace", async () => {
    const wanted = Array.from({ length: 24 }, (_, index) => index % 5);
    const downloads = wanted.map((seed, index) => {
      const path = `/${["", "kept-", "chunked-"][index % 3]}bytes/${seed}`;
      return download(port, path, index % 2 === 0 ? 20 : 0);
    });
    const bodies = await Promise.all(downloads);
    const again = await Promise.all(wanted.map((seed) => download(port, `/kept-bytes/${seed}`, 0)));
    for (const [index, seed] of wanted.entries()) {
      expect(bodies[index]?.equals(bytesOf(seed))).toBe(true);
      expect(again[index]?.equals(bytesOf(seed))).toBe(true);
    }
  });

  it("keeps status and every cookie of an answer", async () => {
    const reply = await ask(port, { path: "/cookies" });
    expect([reply.status, reply.headers["set-cookie"]]).toEqual([201, ["a=1", "b=2"]]);
  });

  it("passes events on as they come, and tells the server when the client has gone", async () => {
    closedStreams.length = 0;
    const response = await fetch(new URL("/events", site.origin));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: 1\n\n");
    await reader.cancel();
    await expect.poll(() => closedStreams, { timeout: 5_000 }).toEqual(["events"]);
  });

  it("answers 502 for a server that is not there", async () => {
    expect((await ask(port, { path: "/dead" })).status).toBe(502);
    expect((await ask(port, { path: "/dead", method: "POST", body: "x" })).status).toBe(502);
  });

  it("speaks uwsgi", async () => {
    const reply = await ask(port, { path: "/flask" });
    expect([reply.headers["x-packet"], reply.body.toString()]).toEqual(["true", "uwsgi"]);
  });

  it("lets WebSockets through", async () => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await new Promise((resolve, reject) => client.once("open", resolve).once("error", reject));
    const echoed = new Promise((resolve) => client.once("message", (data) => resolve(String(data))));
    client.send("ü");
    expect(await echoed).toBe("ü");
    client.close();
  });

  it("refuses a path that could be read as another one", async () => {
    const paths = ["/x/..%2fdead", "/a/..%5cb", "/%252e%252e%252fb"];
    for (const path of paths) expect((await ask(port, { path })).status).toBe(400);
  });
});
