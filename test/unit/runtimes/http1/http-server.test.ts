import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HttpServer } from "../../../../src/runtimes/http1/http-server.ts";
import type { IncomingRequest } from "../../../../src/runtimes/http1/incoming.ts";
import type { OutgoingAnswer } from "../../../../src/runtimes/http1/outgoing.ts";
import { toStream } from "../../../../src/runtimes/http1/wire-socket.ts";
import { acceptConnections } from "../../../../src/runtimes/server/accept.ts";

/** Answers with what it has read, or as its path says. */
async function answer(incoming: IncomingRequest, outgoing: OutgoingAnswer): Promise<void> {
  if (incoming.url === "/stream") {
    outgoing.writeHead(200, []);
    outgoing.flushHeaders();
    outgoing.end(await incoming.body?.readAll());
    return;
  }
  const body = Buffer.from((await incoming.body?.readAll()) ?? new Uint8Array()).toString("latin1");
  switch (incoming.url) {
    case "/unread":
      return;
    case "/chunks":
      outgoing.writeHead(200, []);
      outgoing.write(Buffer.from("one"));
      outgoing.write(Buffer.from("two"));
      outgoing.end();
      return;
    case "/wide":
      outgoing.writeHead(200, ["x", "\xe9"]);
      outgoing.end("é\u{1f600}");
      return;
    case "/fill/1":
    case "/fill/2":
    case "/fill/3": {
      const number = Number(incoming.url.slice(-1));
      outgoing.writeHead(200, []);
      outgoing.end(new Uint8Array(number * 9_000).fill(number + 48));
      return;
    }
    case "/bytes":
      outgoing.writeHead(200, []);
      outgoing.end(new Uint8Array(100_000).fill(120));
      return;
    case "/bad":
      expect(() => outgoing.writeHead(200, ["x", "a\r\nb: c"])).toThrow(TypeError);
      outgoing.writeHead(500, []);
      outgoing.end();
      return;
    case "/switch":
      expect(() => outgoing.writeHead(101, [])).toThrow(RangeError);
      outgoing.writeHead(500, []);
      outgoing.end();
      return;
    case "/early":
      outgoing.writeInterim(103, ["Link", "</a.css>"]);
      outgoing.end("late");
      return;
    default:
      outgoing.writeHead(200, []);
      outgoing.end(`${incoming.method} ${incoming.url} ${body}`);
  }
}

let server: HttpServer;
let port: number;

beforeAll(async () => {
  const limits = { headerTimeoutMs: 5_000, keepAliveMs: 5_000, maxHeaderBytes: 1_024, sendTimeoutMs: 3_000 };
  server = new HttpServer(limits, {
    request(incoming, outgoing) {
      // A client that leaves gets no answer.
      if (incoming.url !== "/unread") return void answer(incoming, outgoing).catch(() => {});
      outgoing.writeHead(403, []);
      outgoing.end("no");
    },
    isUpgrade: ({ upgrade }) => upgrade === "echo",
    upgrade(_incoming, socket, rest) {
      socket.write(rest);
      const stream = toStream(socket);
      stream.pipe(stream);
    },
  });
  ({ port } = await acceptConnections(server, 0, "127.0.0.1"));
});

afterAll(async () => {
  const closed = server.close();
  server.closeAllConnections();
  await closed;
});

/** Sends pieces, one in each turn, and returns what came until the server closed or `until` is there. */
function speak(pieces: readonly string[], until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.setEncoding("latin1");
    socket.on("data", (text) => {
      received += text;
      if (until !== undefined && received.includes(until)) socket.destroy();
    });
    socket.on("error", reject).on("close", () => resolve(received));
    let next = 0;
    const sendNext = () => {
      const piece = pieces[next++];
      if (piece === undefined || socket.destroyed) return;
      socket.write(piece, "latin1");
      setImmediate(sendNext);
    };
    socket.on("connect", sendNext);
  });
}

const statusesOf = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
const bodiesOf = (text: string) => text.split(/HTTP\/1\.1 [\s\S]*?\r\n\r\n/).slice(1);
const ask = (path: string, ...more: string[]) =>
  speak([[`GET ${path} HTTP/1.1`, "Host: a", "Connection: close", ...more, "", ""].join("\r\n")]);

describe("HttpServer", () => {
  it("answers requests that come together in their order", async () => {
    const text =
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    const received = await speak([`${text}GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`]);
    expect(bodiesOf(received)).toEqual(["GET /1 ", "POST /2 abc", "GET /3 "]);
  });

  it("reads the same however the bytes come", async () => {
    const chunked =
      "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n";
    const text = `\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n${chunked}POST /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello`;
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const sorted = [0, ...places.sort((one, other) => one - other), text.length];
        const pieces = sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
        expect(bodiesOf(await speak(pieces))).toEqual(["GET /a ", "POST /c abcde", "POST /b hello"]);
      }),
      { numRuns: 40 },
    );
  });

  it("frames what has no length in chunks, and by the end of the connection in HTTP/1.0", async () => {
    expect(await ask("/chunks")).toContain(
      "transfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n",
    );
    const old = await speak(["GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"]);
    expect(old).toContain("connection: close\r\n\r\nonetwo");
    expect(old).not.toContain("transfer-encoding");
  });

  it("sends text as UTF-8 and fields as they are", async () => {
    const received = await ask("/wide");
    expect(received).toContain("x: \xe9\r\n");
    expect(received).toContain("content-length: 6\r\n");
    expect(Buffer.from(bodiesOf(received)[0] as string, "latin1").toString()).toBe("é\u{1f600}");
  });

  it("sends a long body whole, and none to HEAD", async () => {
    expect(bodiesOf(await ask("/bytes"))[0]).toHaveLength(100_000);
    const head = await speak(["HEAD /bytes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]);
    expect([bodiesOf(head)[0], /content-length: 100000/.test(head)]).toEqual(["", true]);
  });

  it("sends no head that would be two", async () => {
    expect(statusesOf(await ask("/bad"))).toEqual([500]);
  });

  it("sends interim answers before the last", async () => {
    expect(await ask("/early")).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a.css>\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*late$/,
    );
  });

  it.each([
    ["bytes that are no HTTP", "\x16\x03\x01\x02\x00"],
    ["lines without CR", "GET / HTTP/1.1\nHost: a\n\n"],
    ["a first line of HTTP/0.9", "GET /\r\n"],
    ["a chunk without a size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"],
    [
      "a chunk that is longer than it says",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    ],
  ])("refuses %s at once, and closes", async (_, text) => {
    expect(statusesOf(await speak([text, "GET /again HTTP/1.1\r\nHost: a\r\n\r\n"]))).toEqual([400]);
  });

  it("refuses a head that is too long, complete or not, and no shorter one", async () => {
    const long = (length: number) =>
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ${"x".repeat(length)}`;
    expect(statusesOf(await speak([`${long(1_024)}\r\n\r\n`]))).toEqual([431]);
    expect(statusesOf(await speak([long(1_100)]))).toEqual([431]);
    expect(statusesOf(await speak([`${long(900)}\r\n\r\n`]))).toEqual([200]);
  });

  it("says to go on when the body is wanted, and not when it has come", async () => {
    const head =
      "POST /e HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    expect(statusesOf(await speak([`${head}ab`]))).toEqual([200]);
    expect(await speak([head], "100 Continue")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    expect(statusesOf(await speak([head.replace("100-continue", "more")]))).toEqual([417]);
  });

  it("says so before an answer that begins while the body is read, never inside it", async () => {
    const head =
      "POST /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    expect(await speak([head], "\r\n\r\nHTTP/1.1 200")).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
    );
  });

  it("closes after an answer to a body that was never asked for, and says that it will", async () => {
    const head = "POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    const received = await speak([head]);
    expect([statusesOf(received), received.includes("connection: close\r\n")]).toEqual([[403], true]);
  });

  it("never sends a 101 without changing the protocol", async () => {
    expect(statusesOf(await ask("/switch"))).toEqual([500]);
  });

  it("passes over a few empty lines, and loses nothing behind many", async () => {
    const request = "GET /e HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    expect(statusesOf(await speak([`\r\n\r\n${request}`]))).toEqual([200]);
    expect(statusesOf(await speak([`${"\r\n".repeat(600)}${request}`]))).toEqual([400]);
    const long = `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(1_100)}`;
    expect(statusesOf(await speak([`\r\n\r\n\r\n\r\n${long}`, "\r\n\r\n"]))).toEqual([431]);
  });

  it("mixes up no answers, whether clients read at once or late", async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => (index % 3) + 1);
    const text = numbers.map((number) => `GET /fill/${number} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
    const last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const clients = Array.from({ length: 12 }, async (_, client) => {
      const socket = connect({ port, host: "127.0.0.1" });
      socket
        .pause()
        .setEncoding("latin1")
        .write(text + last);
      let received = "";
      socket.on("data", (data) => {
        received += data;
      });
      setTimeout(() => socket.resume(), client % 2 === 0 ? 0 : 200);
      await new Promise((resolve) => socket.once("close", resolve));
      return bodiesOf(received);
    });
    const expected = [...numbers.map((number) => String(number).repeat(number * 9_000)), "GET /last "];
    for (const bodies of await Promise.all(clients)) expect(bodies).toEqual(expected);
  });

  it("gives up a client that takes nothing of its answers", async () => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", () => {}).pause();
    let isGone = false;
    vi.spyOn(server, "serve").mockImplementationOnce((accepted) => {
      accepted.once("close", () => {
        isGone = true;
      });
      HttpServer.prototype.serve.call(server, accepted);
    });
    socket.write("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200));
    await vi.waitFor(() => expect(isGone).toBe(true), { timeout: 15_000, interval: 50 });
    socket.destroy();
  });

  it("lets a client that is still sending have its refusal", async () => {
    const total = 8 * 1024 * 1024;
    const socket = connect({ port, host: "127.0.0.1" });
    let received = "";
    let failure: Error | undefined;
    socket.setEncoding("latin1").on("data", (text) => {
      received += text;
    });
    socket.on("error", (error) => {
      failure = error;
    });
    socket.write(`POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`);
    for (let sent = 0; sent < total && !socket.destroyed; sent += 65_536) {
      if (!socket.write(Buffer.alloc(65_536)))
        await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
    await new Promise((resolve) => (socket.destroyed ? resolve(0) : socket.once("close", resolve)));
    expect([statusesOf(received), received.includes("connection: close"), failure]).toEqual([
      [403],
      true,
      undefined,
    ]);
  });

  it("sends everything to a client that reads late", async () => {
    const socket = connect({ port, host: "127.0.0.1" });
    const requests = "GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n".repeat(60);
    socket.write(`${requests}GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    let bytes = 0;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(bytes).toBeGreaterThan(6_000_000);
  });

  it("reads over a short body that nobody wants, and answers what follows", async () => {
    const unread = "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    const next = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    expect(statusesOf(await speak([unread, "hello", next]))).toEqual([403, 200]);
  });

  it("gives the socket away for another protocol, with what came behind the head", async () => {
    const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: Echo\r\n\r\n";
    expect(await speak([`${head}one`, "two"], "two")).toBe("onetwo");
  });
});
