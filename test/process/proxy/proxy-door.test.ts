// Raw requests at the door of a proxy: what the server behind it records must be what was meant, once, and nothing
// outside the prefix that is mapped to it, under any spelling, with or without an upgrade.

import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { RunningServer } from "../../../src/runtimes/node.ts";
import { startProxy } from "./proxy-site.ts";

let port: number;
let server: RunningServer;
const seen: { method: string; url: string; body: string }[] = [];

const origin = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", body });
    response.end("ok");
  });
});
const sockets = new WebSocketServer({ noServer: true });
origin.on("upgrade", (request, socket, head) => {
  seen.push({ method: "UPGRADE", url: request.url ?? "", body: "" });
  sockets.handleUpgrade(request, socket, head, (client) => client.close());
});

beforeAll(async () => {
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  server = await startProxy({
    upstreams: { app: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` },
    routes: [
      { path: "/api/*", upstream: "app", rewrite: "/mapped/:splat" },
      { path: "/plain/*", upstream: "app" },
      { path: "/echo", upstream: "app" },
    ],
  });
  port = Number(server.url.port);
});

afterAll(async () => {
  await server.close(50);
  origin.closeAllConnections();
  await new Promise((resolve) => origin.close(resolve));
});

beforeEach(() => {
  seen.length = 0;
});

/** The statuses of all answers on one connection. */
function send(text: string, ms = 300): Promise<number[]> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve([...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1])));
    };
    const timer = setTimeout(done, ms);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", done);
    socket.on("error", done);
  });
}

const DOTS = [
  "..",
  "%2e%2e",
  ".%2e",
  "%252e%252e",
  "%25252e.",
  "..;",
  "..;a=b",
  "%2e%2e%3b",
  "..%00",
  "..%5c..",
  "..%255c..",
];
const SLASHES = ["/", "%2f", "%2F", "%5c", "\\", "%252f", "//", "/./", "%c0%af"];
const TARGETS = DOTS.flatMap((dots) => SLASHES.map((slash) => `${dots}${slash}secret`)).concat(
  SLASHES.map((slash) => `x${slash}..${slash}..${slash}secret`),
);

/** A path as the most careless server reads it, after `turns` decodings. */
function readCarelessly(path: string, turns: number): string {
  let text = path.split("?")[0] as string;
  for (let turn = 0; turn < turns; turn += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  const kept: string[] = [];
  for (const segment of text.split(/[/\\]/).map((part) => part.split(";")[0] as string)) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

describe.each([
  ["without", "Connection: close\r\n"],
  ["with", UPGRADE],
])("%s an upgrade", (_, fields) => {
  it.each(["/api/", "/plain/", "//api/", "http://site.test/api/", "/api//", "/plain/%2e/"])(
    `no spelling below %s leads out of the mapped prefix`,
    { timeout: 60_000 },
    async (prefix) => {
      const requests = TARGETS.map(
        (target) => `GET ${prefix}${target} HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n`,
      );
      for (let start = 0; start < requests.length; start += 20) {
        const answers = await Promise.all(requests.slice(start, start + 20).map((text) => send(text)));
        for (const statuses of answers) expect(statuses.every((status) => status < 500)).toBe(true);
      }
      const root = prefix.includes("plain") ? "plain" : "mapped";
      for (const { url } of seen) {
        for (let turns = 0; turns < 5; turns += 1) {
          expect({ url, read: readCarelessly(url, turns).split("/")[1] }).toEqual({ url, read: root });
        }
      }
    },
  );

  it("ordinary paths arrive as they are", async () => {
    await send(`GET /api/a%20b/%E2%82%AC?c=%2f HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n`);
    expect(seen.map(({ url }) => url)).toEqual(["/mapped/a%20b/%E2%82%AC?c=%2f"]);
  });
});

describe("framing", () => {
  const SMUGGLED = "GET /plain/smuggled HTTP/1.1\r\nHost: site.test\r\n\r\n";
  const chunked = `0\r\n\r\n${SMUGGLED}`;
  const post = (fields: string, body: string) =>
    `POST /plain/x HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n${body}`;

  it.each([
    [
      "a length and a coding",
      post(`Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n`, chunked),
    ],
    ["two lengths", post(`Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n`, SMUGGLED)],
    ["a list of lengths", post(`Content-Length: 0, ${SMUGGLED.length}\r\n`, SMUGGLED)],
    ["a space before the colon", post(`Content-Length : ${SMUGGLED.length}\r\n`, SMUGGLED)],
    ["a signed length", post(`Content-Length: +${SMUGGLED.length}\r\n`, SMUGGLED)],
    ["a length in hexadecimal", post("Content-Length: 0x2f\r\n", SMUGGLED)],
    ["an unknown coding", post("Transfer-Encoding: xchunked\r\n", chunked)],
    ["a coding before chunked", post("Transfer-Encoding: identity, chunked\r\n", chunked)],
    ["two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunked)],
    ["a folded coding", post("Transfer-Encoding:\r\n chunked\r\n", chunked)],
    ["a coding in HTTP/1.0", post("Transfer-Encoding: chunked\r\n", chunked).replace("HTTP/1.1", "HTTP/1.0")],
    [
      "a chunk size that overflows",
      post("Transfer-Encoding: chunked\r\n", `ffffffffffffffff1\r\n${SMUGGLED}`),
    ],
    ["a negative chunk size", post("Transfer-Encoding: chunked\r\n", `-1\r\n${SMUGGLED}`)],
    ["a chunk without its end", post("Transfer-Encoding: chunked\r\n", `1\r\nab\r\n${chunked}`)],
    ["two hosts", `GET /plain/x HTTP/1.1\r\nHost: site.test\r\nHost: other.test\r\n\r\n`],
    ["no host", "GET /plain/x HTTP/1.1\r\n\r\n"],
    ["a host with a path", "GET /plain/x HTTP/1.1\r\nHost: site.test/evil\r\n\r\n"],
    ["a host with a user", "GET /plain/x HTTP/1.1\r\nHost: a@site.test\r\n\r\n"],
    ["another version", "GET /plain/x HTTP/2.0\r\nHost: site.test\r\n\r\n"],
    ["a null byte", "GET /plain/x HTTP/1.1\r\nHost: site.test\r\nX-A: a\0b\r\n\r\n"],
  ])("%s is refused with one answer, and nothing is smuggled", async (_, text) => {
    const statuses = await send(text);
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect([400, 501, 505, undefined]).toContain(statuses[0]);
    expect(seen.filter(({ url }) => url !== "/plain/x")).toEqual([]);
  });

  it("that is good arrives as what it was, request after request", async () => {
    const text = `${post("Transfer-Encoding: ChunKed\r\n", "5;ext=1\r\nhello\r\n0\r\nX-T: 1\r\n\r\n")}${post("Content-Length: 3\r\n", "one")}${SMUGGLED}`;
    expect(await send(text)).toEqual([200, 200, 200]);
    expect(seen.map(({ url, body }) => `${url} ${body}`)).toEqual([
      "/plain/x hello",
      "/plain/x one",
      "/plain/smuggled ",
    ]);
  });
});

it("an upgrade whose handshake is broken ends the connection to the server, too", async () => {
  const text = `GET /plain/ws HTTP/1.1\r\nHost: site.test\r\n${UPGRADE.replace("dGhl", "")}\r\n`;
  expect(await send(text)).toEqual([400]);
  await expect.poll(() => sockets.clients.size).toBe(0);
});
