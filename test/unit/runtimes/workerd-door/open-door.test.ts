import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { openWorkerdDoor, type WorkerdDoor } from "../../../../src/runtimes/workerd-door/open-door.ts";
import { ask } from "../../../process/proxy/ask.ts";
import { sendRaw } from "../../../runtimes/raw-request.ts";

const PAGE = "<p>text</p>".repeat(400);
const TYPES: Record<string, string> = { "/image": "image/png", "/events": "text/event-stream" };

let behind: Server;
let door: WorkerdDoor;
const seen: IncomingMessage[] = [];

beforeAll(async () => {
  behind = createServer(async (request, response) => {
    seen.push(request);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "POST") return response.end(Buffer.concat(chunks));
    if (request.url === "/cookies")
      return response.writeHead(201, "Made", ["set-cookie", "a=1", "set-cookie", "b=2"]).end();
    if (request.url === "/unchanged") return response.writeHead(304, { etag: '"x"' }).end();
    response.setHeader("content-type", TYPES[request.url as string] ?? "text/html");
    response.setHeader("accept-ranges", "bytes");
    response.setHeader("etag", '"x"');
    if (request.url === "/plain") response.setHeader("content-encoding", "identity");
    if (request.url === "/coded") response.setHeader("content-encoding", "x-own");
    response.end(PAGE);
  });
  const sockets = new WebSocketServer({ server: behind });
  sockets.on("connection", (client) => client.on("message", (data) => client.send(`echo ${data}`)));
  await once(behind.listen(0, "127.0.0.1"), "listening");
  const { port } = behind.address() as AddressInfo;
  door = await openWorkerdDoor(0, "127.0.0.1", { host: "127.0.0.1", port });
});

afterAll(async () => {
  await door.close();
  behind.closeAllConnections();
  behind.close();
});

beforeEach(() => {
  seen.length = 0;
});

describe("the door of workerd", () => {
  it("lets nothing through that is no request", async () => {
    const origin = new URL(`http://127.0.0.1:${door.port}`);
    for (const head of [
      "GET .. HTTP/1.1\r\nHost: a",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b",
      "GET /\\a HTTP/1.1\r\nHost: a",
    ])
      expect((await sendRaw(origin, head)).statuses).toEqual([400]);
    expect(seen).toEqual([]);
  });

  it("names the client, and believes nobody who claims to be one or a part of wrangler", async () => {
    await ask(door.port, {
      path: "/",
      headers: {
        host: "site.test:1",
        "cf-connecting-ip": "192.0.2.1",
        "MF-Original-URL": "http://evil.test/",
      },
    });
    const { headers } = seen[0] as IncomingMessage;
    expect([headers.host, headers["cf-connecting-ip"], headers["mf-original-url"]]).toEqual([
      "site.test:1",
      "127.0.0.1",
      undefined,
    ]);
  });

  it("passes bodies, cookies and statuses on", async () => {
    const body = "x".repeat(300_000);
    const echoed = await ask(door.port, { path: "/", method: "POST", body });
    expect(echoed.body.toString() === body).toBe(true);
    const reply = await ask(door.port, { path: "/cookies" });
    expect([reply.status, reply.headers["set-cookie"]]).toEqual([201, ["a=1", "b=2"]]);
    expect((await ask(door.port, { path: "/unchanged" })).status).toBe(304);
  });

  it.each([
    ["br, gzip", "br", (bytes: Buffer) => brotliDecompressSync(bytes)],
    ["gzip, identity;q=0", "gzip", (bytes: Buffer) => gunzipSync(bytes)],
    ["identity", undefined, (bytes: Buffer) => bytes],
    [undefined, undefined, (bytes: Buffer) => bytes],
  ])("sends text to a client that accepts %s as %s", async (accepted, coding, decode) => {
    const headers = accepted === undefined ? {} : { "accept-encoding": accepted };
    const reply = await ask(door.port, { path: "/page", headers });
    expect(decode(reply.body).toString()).toBe(PAGE);
    expect(reply.headers).toMatchObject({
      vary: "Accept-Encoding",
      etag: coding === undefined ? '"x"' : 'W/"x"',
    });
    expect([reply.headers["content-encoding"], reply.headers["accept-ranges"]]).toEqual([
      coding,
      coding === undefined ? "bytes" : undefined,
    ]);
  });

  it("codes what was kept from wrangler's coding, and says nothing of that", async () => {
    const gzipped = await ask(door.port, { path: "/plain", headers: { "accept-encoding": "gzip, *;q=0" } });
    expect([gzipped.headers["content-encoding"], gunzipSync(gzipped.body).toString()]).toEqual([
      "gzip",
      PAGE,
    ]);
    expect((await ask(door.port, { path: "/plain" })).headers["content-encoding"]).toBeUndefined();
  });

  it("tells a HEAD what it tells a GET, but for the body", async () => {
    const reply = await ask(door.port, {
      path: "/page",
      method: "HEAD",
      headers: { "accept-encoding": "br" },
    });
    expect([reply.status, reply.body.length, reply.headers.vary]).toEqual([200, 0, "Accept-Encoding"]);
  });

  it.each(["/image", "/events", "/coded"])("leaves %s as it is", async (path) => {
    const reply = await ask(door.port, { path, headers: { "accept-encoding": "gzip" } });
    expect([reply.body.toString() === PAGE, reply.headers.etag]).toEqual([true, '"x"']);
  });

  it("lets WebSockets through", async () => {
    const client = new WebSocket(`ws://127.0.0.1:${door.port}/ws`);
    await once(client, "open");
    client.send("hi");
    const [data] = await once(client, "message");
    expect(String(data)).toBe("echo hi");
    client.close();
  });

  it("answers 502 where nobody is behind it, and closes with what is open", async () => {
    const lonely = await openWorkerdDoor(0, "127.0.0.1", { host: "127.0.0.1", port: 9 });
    expect((await ask(lonely.port, { path: "/" })).status).toBe(502);
    await lonely.close();
    await expect(ask(lonely.port, { path: "/" })).rejects.toThrow();
  });

  it("says that its port is somebody else's", async () => {
    const taken = openWorkerdDoor(door.port, "127.0.0.1", { host: "127.0.0.1", port: 9 });
    await expect(taken).rejects.toMatchObject({ code: "port-in-use" });
  });
});
