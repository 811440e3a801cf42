// HTTP/1.1 upstreams over real sockets: streams, aborts, interim answers, garbage, TLS, WebSockets, failing servers.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server,
  type Socket,
} from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { CausewayConfig, UpstreamConfig } from "../../../src/config/causeway-config.ts";
import { ask } from "./ask.ts";
import { createFolder, findFreePort } from "./peers.ts";
import { everythingTo, startProxy } from "./proxy-site.ts";

const cleanups: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

/** A server that says these bytes to whoever connects and sends something. */
function serveBytes(text: string, then: "end" | "wait" = "end"): Promise<number> {
  return listen(
    createNetServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        if (then === "end") socket.end(text, "latin1");
        else socket.write(text, "latin1");
      });
    }),
  );
}

async function proxy(config: CausewayConfig): Promise<number> {
  const server = await startProxy(config);
  cleanups.push(() => server.close(50));
  return Number(server.url.port);
}

const proxyTo = (port: number) => proxy(everythingTo(`http://127.0.0.1:${port}`));

function proxyWith(upstream: UpstreamConfig): Promise<number> {
  return proxy({ upstreams: { app: upstream }, routes: [{ path: "/*", upstream: "app" }] });
}

/** Sends bytes as they are and collects what comes back until the end or the time. */
function exchange(port: number, text: string, ms = 1_000): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const timer = setTimeout(done, ms);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", done);
    socket.on("error", done);
  });
}

describe("streams", () => {
  it("reach the client event by event, the first within 50 ms", async () => {
    let sentAt = 0;
    const port = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      setTimeout(() => {
        sentAt = performance.now();
        response.write("data: 1\n\n");
      }, 100);
    });
    const response = await fetch(`http://127.0.0.1:${await proxyTo(port)}/`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect(performance.now() - sentAt).toBeLessThan(50);
    expect(new TextDecoder().decode(value)).toBe("data: 1\n\n");
    await reader.cancel();
  });

  it("reach the server while the client still sends", async () => {
    let first: (text: string) => void = () => {};
    const arrived = new Promise<string>((resolve) => {
      first = resolve;
    });
    const port = await serve((request, response) => {
      request.once("data", (chunk) => first(String(chunk)));
      request.on("end", () => response.end("done"));
    });
    const { writable, readable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const url = `http://127.0.0.1:${await proxyTo(port)}/`;
    const response = fetch(url, { method: "POST", body: readable, duplex: "half" } as RequestInit);
    await writer.write(new TextEncoder().encode("one"));
    expect(await arrived).toBe("one");
    await writer.close();
    expect(await (await response).text()).toBe("done");
  });

  it("of any size arrive whole, both ways, with a length and without", async () => {
    const port = await serve((request, response) => request.pipe(response));
    const target = await proxyTo(port);
    const body = Buffer.alloc(3_000_000, "abc");
    for (const isChunked of [true, false]) {
      const reply = await ask(target, { path: "/", method: "POST", body, isChunked });
      expect(reply.body.equals(body)).toBe(true);
    }
  });

  it("stop at the server when the client goes away, before the answer and during it", async () => {
    for (const begins of [false, true]) {
      let onClosed = () => {};
      const closed = new Promise<void>((resolve) => {
        onClosed = resolve;
      });
      const port = await serve((_, response) => {
        response.on("close", onClosed);
        if (begins) response.write("x");
      });
      const socket = connect(await proxyTo(port), "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: site.test\r\n\r\n");
      setTimeout(() => socket.destroy(), 100);
      await closed;
    }
  });

  it("that break off at the server break off at the client, so that half is not taken for all", async () => {
    const port = await serveBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    await expect(ask(await proxyTo(port), { path: "/" })).rejects.toThrow();
    const chunked = await serveBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    await expect(ask(await proxyTo(chunked), { path: "/" })).rejects.toThrow();
  });
});

describe("answers", () => {
  it("come after interim ones, which go on to who knows them, and without trailers", async () => {
    const port = await serveBytes(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n",
    );
    const text = await exchange(
      await proxyTo(port),
      "GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n",
    );
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toMatch(/x-t/i);
    const old = await exchange(await proxyTo(port), "GET / HTTP/1.0\r\n\r\n");
    expect(old).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const dropped = await exchange(
      await proxyWith({ servers: [`http://127.0.0.1:${port}`], interim: "drop" }),
      "GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n",
    );
    expect(dropped).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each([
    ["nothing", ""],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    [
      "a length and a coding",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a broken field", "HTTP/1.1 200 OK\r\nX A: b\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 99 No\r\n\r\n"],
    [
      "a switch that nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
    ["an endless head", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(100_000)}\r\n\r\n`],
  ])("that are %s are 502", async (_, text) => {
    const port = await serveBytes(text);
    expect((await ask(await proxyTo(port), { path: "/" })).status).toBe(502);
  });

  it("are never those of another request, whatever a server sends beyond the end", async () => {
    const port = await serveBytes(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
      "wait",
    );
    const target = await proxyTo(port);
    for (let turn = 0; turn < 4; turn += 1) {
      const reply = await ask(target, { path: "/" });
      expect(["ok", "502"]).toContain(reply.status === 502 ? "502" : reply.body.toString());
    }
  });

  it("carry the bytes that the server's fields have", async () => {
    const port = await serveBytes("HTTP/1.1 200 OK\r\nX-A: \xc3\xbc\xff\r\nContent-Length: 0\r\n\r\n");
    expect((await ask(await proxyTo(port), { path: "/" })).headers["x-a"]).toBe("\xc3\xbc\xff");
  });

  it("come over connections that are kept", async () => {
    const sockets = new Set<unknown>();
    const port = await serve((request, response) => {
      sockets.add(request.socket);
      response.end("ok");
    });
    const target = await proxyTo(port);
    for (let turn = 0; turn < 10; turn += 1) await ask(target, { path: "/" });
    expect(sockets.size).toBe(1);
  });
});

describe("servers that fail", () => {
  it("do not show while one is well: killed, hung, or full of garbage", { timeout: 30_000 }, async () => {
    const well = await serve((_, response) => response.end("ok"));
    const hung = await serve(() => {});
    const garbage = await serveBytes("garbage\r\n\r\n");
    const killed = await findFreePort();
    const target = await proxyWith({
      servers: [killed, hung, garbage, well].map((port) => `http://127.0.0.1:${port}`),
      timeouts: { firstByte: 300 },
    });
    for (let round = 0; round < 5; round += 1) {
      const replies = await Promise.all(Array.from({ length: 20 }, () => ask(target, { path: "/" })));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    }
  });

  it("do not show under load, to no idempotent request", { timeout: 30_000 }, async () => {
    const ok = (request: IncomingMessage, response: ServerResponse, afterMs: number) => {
      request.resume().on("end", () => setTimeout(() => response.end("ok"), afterMs));
    };
    const well = await serve((request, response) => ok(request, response, 0));
    const slow = await serve((request, response) => ok(request, response, 200));
    const hung = await serve((request) => request.resume());
    const garbage = await serveBytes("garbage\r\n\r\n");
    const dying = createServer((request, response) => ok(request, response, 20));
    const target = await proxyWith({
      servers: [await listen(dying), hung, slow, garbage, well].map((port) => `http://127.0.0.1:${port}`),
      timeouts: { firstByte: 500 },
    });
    const statuses = new Map<number, number>();
    const client = async (method: string) => {
      for (let count = 0; count < 15; count += 1) {
        const body = method === "PUT" ? { body: "x".repeat(5_000) } : {};
        const { status } = await ask(target, { path: "/", method, ...body });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const kill = setTimeout(() => {
      dying.close();
      dying.closeAllConnections();
    }, 150);
    await Promise.all(Array.from({ length: 6 }, () => ["GET", "HEAD", "PUT", "DELETE"].map(client)).flat());
    clearTimeout(kill);
    expect(Object.fromEntries(statuses)).toEqual({ 200: 360 });
  });

  it("are 504 when they hang and 502 when nobody listens", async () => {
    const hung = await serve(() => {});
    const timeouts = { firstByte: 200 };
    const slow = await proxyWith({ servers: [`http://127.0.0.1:${hung}`], timeouts });
    expect((await ask(slow, { path: "/" })).status).toBe(504);
    expect((await ask(await proxyTo(await findFreePort()), { path: "/" })).status).toBe(502);
  });

  it("get no POST a second time", async () => {
    let posts = 0;
    const breaking = await serve((request) => {
      posts += 1;
      request.socket.destroy();
    });
    const target = await proxyWith({
      servers: [`http://127.0.0.1:${breaking}`, `http://127.0.0.1:${breaking}/`],
    });
    expect((await ask(target, { path: "/", method: "POST", body: "x" })).status).toBe(502);
    expect(posts).toBe(1);
  });

  it("are found by active checks before clients meet them", async () => {
    let isWell = true;
    const asked = { one: 0, two: 0 };
    const one = await serve((request, response) => {
      if (request.url !== "/health") asked.one += 1;
      response.writeHead(isWell || request.url !== "/health" ? 200 : 500).end();
    });
    const two = await serve((request, response) => {
      if (request.url !== "/health") asked.two += 1;
      response.end();
    });
    const check = { path: "/health", interval: 100, healthyAfter: 1, unhealthyAfter: 1 };
    const target = await proxyWith({
      servers: [`http://127.0.0.1:${one}`, `http://127.0.0.1:${two}`],
      health: { check },
    });
    isWell = false;
    await expect
      .poll(
        async () => {
          asked.one = 0;
          await ask(target, { path: "/" });
          await ask(target, { path: "/" });
          return asked.one;
        },
        { timeout: 5_000 },
      )
      .toBe(0);
    isWell = true;
    await expect
      .poll(
        async () => {
          await ask(target, { path: "/" });
          return asked.one;
        },
        { timeout: 5_000 },
      )
      .toBeGreaterThan(0);
  });
});

describe("TLS", () => {
  it("is verified against the authorities and the name that the configuration gives", async () => {
    const folder = await createFolder();
    cleanups.push(() => folder.remove());
    const [key, certificate] = ["key.pem", "cert.pem"].map((name) => join(folder.path, name)) as [
      string,
      string,
    ];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        certificate,
        "-days",
        "2",
        "-subj",
        "/CN=app.test",
        "-addext",
        "subjectAltName=DNS:app.test",
      ],
      { stdio: "ignore" },
    );
    const ca = readFileSync(certificate, "utf8");
    const listener = (_: IncomingMessage, response: ServerResponse) => response.end("secret");
    const port = await listen(createTlsServer({ key: readFileSync(key), cert: ca }, listener));
    const servers = [`https://127.0.0.1:${port}`];
    const status = async (tls: UpstreamConfig["tls"]) =>
      (await ask(await proxyWith({ servers, ...(tls === undefined ? {} : { tls }) }), { path: "/" })).status;
    expect(await status(undefined)).toBe(502);
    expect(await status({ ca })).toBe(502);
    expect(await status({ ca, serverName: "other.test" })).toBe(502);
    expect(await status({ ca, serverName: "app.test" })).toBe(200);
    expect(await status({ dangerouslyAcceptAnyCertificate: true })).toBe(200);
  });

  it("does not begin where a server speaks before the handshake", async () => {
    const port = await listen(
      createNetServer((socket) => {
        socket.on("error", () => {});
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
      }),
    );
    const target = await proxyWith({
      servers: [`https://127.0.0.1:${port}`],
      tls: { dangerouslyAcceptAnyCertificate: true },
    });
    expect((await ask(target, { path: "/" })).status).toBe(502);
  });
});

describe("WebSockets", () => {
  async function serveWebSockets(): Promise<number> {
    const http = createServer((_, response) => response.writeHead(404).end());
    const server = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => [...offered][1] ?? false,
    });
    http.on("upgrade", (request, socket, head) => {
      if (request.url === "/no") {
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        return;
      }
      server.handleUpgrade(request, socket, head, (client) => {
        client.send(`${request.url} ${request.headers["x-forwarded-for"]} ${request.headers.cookie}`);
        client.on("message", (data, isBinary) => client.send(data, { binary: isBinary }));
        client.on("close", (code) => closes.push(code));
      });
    });
    return listen(http);
  }
  const closes: number[] = [];

  it("go through, text and bytes, with the protocol that the server chose, and close with their code", async () => {
    const target = await proxyTo(await serveWebSockets());
    const client = new WebSocket(`ws://127.0.0.1:${target}/a?b`, ["one", "two"], {
      headers: { cookie: "c=1" },
    });
    const messages: string[] = [];
    client.on("message", (data, isBinary) => messages.push(`${isBinary ? "bytes" : "text"} ${data}`));
    await new Promise((resolve) => client.once("open", resolve));
    expect(client.protocol).toBe("two");
    client.send("ü");
    client.send(Buffer.from("b"));
    await expect.poll(() => messages.length).toBe(3);
    expect(messages).toEqual(["text /a?b 127.0.0.1 c=1", "text ü", "bytes b"]);
    client.close(4_001, "bye");
    await expect.poll(() => closes).toContain(4_001);
  });

  it("that the server declines are declined with its answer", async () => {
    const target = await proxyTo(await serveWebSockets());
    const client = new WebSocket(`ws://127.0.0.1:${target}/no`);
    const status = await new Promise((resolve) => {
      client.on("unexpected-response", (_, response) => resolve(response.statusCode));
      client.on("error", () => {});
    });
    expect(status).toBe(403);
  });

  it("take the same way through routes as all other requests", async () => {
    const port = await serveWebSockets();
    const target = await proxy({
      upstreams: { app: `http://127.0.0.1:${port}` },
      routes: [{ path: "/ws/*", upstream: "app", rewrite: "/in/:splat" }],
    });
    const handshake = (path: string) =>
      exchange(
        target,
        `GET ${path} HTTP/1.1\r\nHost: site.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
        400,
      );
    expect(await handshake("/ws/a")).toMatch(/^HTTP\/1\.1 101 [\s\S]*\/in\/a/);
    expect(await handshake("/ws/..%2fb")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await handshake("/other")).toMatch(/^HTTP\/1\.1 404 /);
  });
});
