// Clients that hold connections for nothing: slow heads and bodies are cut, slow uploads are not.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../conformance/build-site.ts";
import { type LaunchedSite, launch, SERVER_RUNTIMES } from "./launch.ts";

let folder: string;
const sockets: Socket[] = [];

/** Reads a body to its end, and tells how long it was. */
const reader = createServer((request, response) => {
  let size = 0;
  request.on("data", (chunk: Buffer) => (size += chunk.length)).on("error", () => {});
  request.on("end", () => response.end(`read ${size}`));
});

beforeAll(async () => {
  await new Promise<void>((done) => reader.listen(0, "127.0.0.1", done));
  folder = await mkdtemp(join(tmpdir(), "causeway-slow-clients-"));
  await mkdir(join(folder, "public"));
  await writeFile(
    join(folder, "causeway.config.ts"),
    `export default {
      clients: {
        headerTimeout: "400ms",
        keepAlive: "300ms",
        maxHeaderSize: "4KB",
        maxHeaders: 20,
        minBodyRate: "500B/s",
        bodyWindow: "600ms",
      },
      upstreams: { reader: "http://127.0.0.1:${(reader.address() as AddressInfo).port}" },
      auth: { basic: { users: { ann: "secret" } } },
      routes: [
        { path: "/read", auth: false, maxBody: "1MB", upstream: "reader" },
        { path: "/answer", auth: false, answer: { body: "ok" } },
      ],
    };`,
  );
  await buildSite(folder, join(folder, "dist"), SERVER_RUNTIMES);
}, 60_000);

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  reader.closeAllConnections();
  await new Promise((done) => reader.close(done));
  await rm(folder, { recursive: true, force: true });
});

interface Conversation {
  socket: Socket;
  received(): string;
  /** When the server closed, in milliseconds since the connection. */
  closed: Promise<number>;
}

function openTo(port: number): Conversation {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  const startedAt = performance.now();
  let received = "";
  socket.on("data", (chunk) => (received += chunk)).on("error", () => {});
  const closed = new Promise<number>((done) => socket.on("close", () => done(performance.now() - startedAt)));
  return { socket, received: () => received, closed };
}

/** Writes a byte now and then until the connection is gone. */
function drip(socket: Socket, bytes: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(bytes), everyMs);
  socket.on("close", () => clearInterval(timer));
}

const HEAD = "Host: site.test\r\n";

describe.each(SERVER_RUNTIMES)("on %s", (runtime) => {
  let site: LaunchedSite;
  const open = () => openTo(Number(site.origin.port));

  beforeAll(async () => {
    site = await launch(runtime, join(folder, "dist"));
  }, 60_000);

  afterAll(() => site?.stop());

  describe("heads", () => {
    it("that do not come are waited for so long only", async () => {
      const { socket, received, closed } = open();
      socket.write(`GET /answer HTTP/1.1\r\n${HEAD}`);
      drip(socket, "X", 100);
      expect(await closed).toBeGreaterThan(350);
      expect(received()).toMatch(/^HTTP\/1\.1 408 /);
    });

    it("need not come at all: a silent connection is closed", async () => {
      const { closed } = open();
      expect(await closed).toBeLessThan(5_000);
    });

    it("that are too large or have too many fields are refused", async () => {
      for (const fields of [`X: ${"x".repeat(5_000)}\r\n`, "X: 1\r\n".repeat(20)]) {
        const { socket, received, closed } = open();
        socket.write(`GET /answer HTTP/1.1\r\n${HEAD}${fields}\r\n`);
        await closed;
        expect(received()).toMatch(/^HTTP\/1\.1 431 /);
      }
      const { socket, received, closed } = open();
      socket.write(`GET /answer HTTP/1.1\r\n${HEAD}Connection: close\r\n${"X: 1\r\n".repeat(18)}\r\n`);
      await closed;
      expect(received()).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  describe("bodies", () => {
    it("that drip are cut, whether somebody reads them or has answered already", async () => {
      for (const [path, status] of [
        ["/read", "408"],
        ["/closed", "401"],
      ]) {
        const { socket, received, closed } = open();
        socket.write(`POST ${path} HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`);
        drip(socket, "x", 100);
        const closedAt = await closed;
        expect(closedAt).toBeLessThan(5_000);
        expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 (?:${status}) `));
      }
    });

    it("in chunks, too", async () => {
      const { socket, closed } = open();
      socket.write(`POST /closed HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
      drip(socket, "1\r\nx\r\n", 250);
      expect(await closed).toBeLessThan(5_000);
    });

    it("that come slowly but steadily are not, however long they take", async () => {
      const { socket, received, closed } = open();
      const total = 3_000;
      socket.write(`POST /read HTTP/1.1\r\n${HEAD}Connection: close\r\nContent-Length: ${total}\r\n\r\n`);
      // 1 KB in a second, for five windows.
      for (let sent = 0; sent < total; sent += 100) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        socket.write("x".repeat(100));
      }
      await closed;
      expect(received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*read 3000/);
    });
  });
});
