// Upgrades that come to nothing: the client gets one plain answer, nobody is left waiting, and the server can leave.
// And endings that must not overtake what was said before.

import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { buildSite } from "../conformance/build-site.ts";
import { until } from "../process/app-server.ts";
import { type LaunchedSite, launch, SERVER_RUNTIMES } from "./launch.ts";
import { sendRaw } from "./raw-request.ts";

const FILES: Record<string, string> = {
  "wrangler.toml": 'compatibility_date = "2025-09-01"\n',
  "functions/ws.js": `globalThis.ended ??= 0;
export async function onRequest({ request }) {
  const wait = Number(new URL(request.url).searchParams.get("wait"));
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.addEventListener("close", () => (globalThis.ended += 1));
  return new Response(null, { status: 101, webSocket: client });
}`,
  "functions/ended.js": "export const onRequest = () => new Response(String(globalThis.ended ?? 0));",
  "functions/large.js": "export const onRequest = () => new Response('a'.repeat(800_000));",
  "functions/plain.js": "export const onRequest = () => new Response('plain');",
  "public/index.html": "home",
};

const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const UPGRADE = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-upgrades-"));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await buildSite(root, join(root, "dist"), SERVER_RUNTIMES);
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(SERVER_RUNTIMES)("on %s", (runtime) => {
  let site: LaunchedSite;

  beforeAll(async () => {
    site = await launch(runtime, join(root, "dist"));
  }, 60_000);

  afterAll(() => site?.stop());

  const ended = async () => Number(await (await fetch(new URL("/ended", site.origin))).text());

  it.each([
    ["without a handshake", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close"],
    ["with a body", `GET /ws HTTP/1.1\r\n${UPGRADE}${KEY}Content-Length: 0\r\nConnection: close, upgrade`],
    ["in HTTP/1.0", `GET /ws HTTP/1.0\r\n${UPGRADE}${KEY}X: 1`],
    ["with two keys", `GET /ws HTTP/1.1\r\n${UPGRADE}${KEY}${KEY}X: 1`],
    ["with a broken list of protocols", `GET /ws HTTP/1.1\r\n${UPGRADE}${KEY}Sec-WebSocket-Protocol: ,,`],
  ])("a WebSocket %s is refused, and its function hears of it", async (_, head) => {
    const before = await ended();
    const { statuses } = await sendRaw(site.origin, head);
    if (head.includes("Content-Length")) expect(statuses).toEqual([101]);
    else {
      expect(statuses).toHaveLength(1);
      expect(statuses[0]).toBeGreaterThanOrEqual(400);
    }
    await until(async () => (await ended()) > before || undefined, "the function hears of it", 10_000);
  });

  it("a plain answer to one closes the connection, though the client keeps its side open", async () => {
    const { isHanging, text } = await sendRaw(site.origin, `GET /plain HTTP/1.1\r\n${UPGRADE}${KEY}X: 1`);
    expect([isHanging, text.endsWith("plain")]).toEqual([false, true]);
  });

  it("a message that is too large is answered with its code before the connection ends", async () => {
    const client = new WebSocket(new URL("/ws", site.origin));
    client.on("error", () => {});
    client.on("open", () => client.send(Buffer.alloc(1_100_000)));
    const [code] = await once(client, "close");
    expect(code).toBe(1009);
  });

  it("a client that ends its side early and reads late gets what had been sent", async () => {
    const socket = connect({ port: Number(site.origin.port), host: "127.0.0.1", allowHalfOpen: true });
    let bytes = 0;
    let failure: Error | undefined;
    socket.on("data", (data) => {
      bytes += data.length;
    });
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("end", () => socket.end());
    socket.pause();
    socket.write("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\nabc");
    setTimeout(() => socket.end(), 300);
    setTimeout(() => socket.resume(), 700);
    await once(socket, "close");
    expect([failure, bytes > 800_000]).toEqual([undefined, true]);
  });

  it("one that waits for its function does not keep the server from leaving", async () => {
    const socket = connect(Number(site.origin.port), "127.0.0.1");
    socket.on("error", () => {}).write(`GET /ws?wait=60000 HTTP/1.1\r\n${UPGRADE}${KEY}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const startedAt = performance.now();
    await site.stop();
    // Later it would have been killed.
    expect(performance.now() - startedAt).toBeLessThan(2_900);
    socket.destroy();
  });
});
