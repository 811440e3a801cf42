import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type {
  ExchangeObserver,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamServer,
} from "../../../../src/contract/transport.ts";
import { Http1Transport } from "../../../../src/runtimes/server/transport-http1.ts";
import {
  type Answer,
  listen,
  OK,
  type Origin,
  observe,
  request,
  saying,
  startOrigin,
  streamOf,
  tcpServer,
  textOf,
} from "./http1-origin.ts";

const cleanups: (() => Promise<unknown>)[] = [];
let transport: Http1Transport;

beforeEach(() => {
  transport = new Http1Transport();
});

afterEach(async () => {
  vi.useRealTimers();
  void transport.close();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(answer: Answer, path?: string): Promise<Origin> {
  const origin = await startOrigin(answer, path);
  cleanups.push(origin.close);
  return origin;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "causeway-http1-"));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

function send(
  { server }: { server: UpstreamServer },
  changes: Partial<UpstreamRequest> = {},
  observer: ExchangeObserver = observe(),
): Promise<UpstreamResponse> {
  return transport.send(request(changes), server, observer);
}

const ask = async (...args: Parameters<typeof send>) => textOf(await send(...args));
const failure = (kind: string) => expect.objectContaining({ name: "TransportError", failure: kind });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("requests", () => {
  it("go out as one head, without framing where there is no body", async () => {
    const origin = await start(saying(OK));
    const observer = observe();
    const fields = ["host", "a.test", "x-a", "\xfc"];
    expect(await ask(origin, { target: "/a?b=%20", fields }, observer)).toBe("ok");
    await ask(origin, { method: "POST" });
    expect(origin.requests).toEqual([
      "GET /a?b=%20 HTTP/1.1\r\nhost: a.test\r\nx-a: \xfc\r\n\r\n",
      "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 0\r\n\r\n",
    ]);
    expect(observer.told).toEqual(["connected", "sent"]);
  });

  it.each<[string, Partial<UpstreamRequest>]>([
    ["a target with a line break", { target: "/\r\nX: y" }],
    ["a framing of its own", { fields: ["host", "a.test", "transfer-encoding", "chunked"] }],
    ["no host", { fields: [] }],
  ])("with %s do not go out", async (_, changes) => {
    const origin = await start(saying(OK));
    const observer = observe();
    await expect(send(origin, changes, observer)).rejects.toEqual(failure("unsendable"));
    expect([observer.told, origin.sockets.length]).toEqual([[], 0]);
  });

  /** Answers with everything that came, when it looks complete. */
  const echoing = (isComplete: (text: string) => boolean) =>
    createServer((socket) => {
      let text = "";
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
        if (!isComplete(text)) return;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`, "latin1");
        text = "";
      });
    });

  async function echo(end: string): Promise<{ server: UpstreamServer }> {
    const origin = await listen(echoing((text) => text.endsWith(end)));
    cleanups.push(origin.close);
    return origin;
  }

  it("have a body of known length as it is", async () => {
    const origin = await echo("cd");
    const observer = observe();
    const body = streamOf("ab", "", "cd");
    const text = await ask(origin, { method: "PUT", body, contentLength: 4 }, observer);
    expect(text).toBe("PUT / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 4\r\n\r\nabcd");
    expect(observer.told).toEqual(["connected", "sent"]);
  });

  it("have a body of unknown length in chunks", async () => {
    const origin = await echo("0\r\n\r\n");
    const text = await ask(origin, { method: "POST", body: streamOf("ab", "", "c".repeat(20)) });
    expect(text.slice(text.indexOf("\r\n\r\n"))).toBe(
      `\r\n\r\n2\r\nab\r\n14\r\n${"c".repeat(20)}\r\n0\r\n\r\n`,
    );
    expect(text).toContain("\r\ntransfer-encoding: chunked\r\n");
  });

  it("say that there is no body where a stream turns out to be empty", async () => {
    const origin = await echo("\r\n\r\n");
    const text = await ask(origin, { method: "POST", body: streamOf("") });
    expect(text).toBe("POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 0\r\n\r\n");
  });

  it("do not wait for a slow body", async () => {
    const arrived = Promise.withResolvers<string>();
    const origin = await start((socket) => {
      arrived.resolve("late");
      socket.once("data", () => socket.write(OK));
    });
    expect(await ask(origin, { method: "POST", body: streamOf(arrived.promise), contentLength: 4 })).toBe(
      "ok",
    );
  });

  it("carry large bodies, and no faster than the server takes them", async () => {
    const size = 40_000_000;
    let pulled = 0;
    let received = 0;
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.pause();
      setTimeout(() => socket.resume(), 300);
      socket.on("data", (bytes) => {
        received += bytes.length;
        if (received >= size) socket.write(OK);
      });
    });
    const origin = await listen(server);
    cleanups.push(origin.close);
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 100_000;
          controller.enqueue(new Uint8Array(100_000));
          if (pulled === size) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const answer = ask(origin, { method: "PUT", body, contentLength: size });
    await pause(200);
    expect(pulled).toBeLessThan(size);
    expect(await answer).toBe("ok");
  });

  it.each([
    ["shorter", "abc"],
    ["longer", "abcdef"],
  ])("with a body that is %s than declared break off", async (_, text) => {
    const origin = await start(() => {});
    const sending = send(origin, { method: "PUT", body: streamOf("a", text), contentLength: 5 });
    await expect(sending).rejects.toEqual(failure("unanswered"));
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
    expect(origin.requests.join("")).not.toContain("abcdef");
  });

  it("whose body breaks off break off", async () => {
    const origin = await start(() => {});
    const body = streamOf("a", new Error("The client is gone"));
    await expect(send(origin, { method: "PUT", body })).rejects.toEqual(failure("unanswered"));
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
  });

  it("that are answered before they are out have the answer, and nothing else follows them", async () => {
    const rest = Promise.withResolvers<string>();
    const origin = await start((socket, _, turn) => {
      if (turn === 0) socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
    });
    const observer = observe();
    const response = await send(origin, { method: "POST", body: streamOf("a", rest.promise) }, observer);
    expect([response.status, await textOf(response)]).toEqual([413, "no"]);
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
    rest.resolve("b");
    await pause(20);
    expect(observer.told).toEqual(["connected"]);
    expect((await send(origin)).status).toBe(413);
    expect(origin.sockets).toHaveLength(2);
  });
});

describe("answers", () => {
  it.each<[string, string, string]>([
    ["a length", OK, "ok"],
    ["a length of nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""],
    [
      "chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a=b\r\nk\r\n0\r\n\r\n",
      "ok",
    ],
    ["trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n", "ok"],
    ["an interim answer", `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`, "ok"],
    ["many interim answers", `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(16)}${OK}`, "ok"],
    ["no body", "HTTP/1.1 204 No Content\r\n\r\n", ""],
    ["the length of another body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n", ""],
  ])("with %s come whole, at once and byte by byte, and the connection is kept", async (_, text, body) => {
    const origin = await start((socket, { length }, turn) => {
      if (turn === 0) return socket.write(text);
      const write = (at: number) => {
        socket.write(text.charAt(at));
        if (at + 1 < text.length && length > 0) setImmediate(write, at + 1);
      };
      write(0);
    });
    const whole = await send(origin);
    expect(whole.body).toBeInstanceOf(Uint8Array);
    const parts = await send(origin);
    expect([await textOf(whole), await textOf(parts)]).toEqual([body, body]);
    expect(parts).toMatchObject({ status: whole.status, fields: whole.fields });
    expect(whole.fields.join()).not.toMatch(/link|x-t/);
    expect(origin.sockets).toHaveLength(1);
  });

  it("have status, reason, fields and length", async () => {
    const origin = await start(
      saying(
        "HTTP/1.1 201 Made\r\nX-A: \xc3\xbc\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
      ),
    );
    expect(await send(origin)).toEqual({
      status: 201,
      statusText: "Made",
      fields: ["x-a", "\xc3\xbc", "set-cookie", "a", "set-cookie", "b", "content-length", "0"],
      body: new Uint8Array(0),
      contentLength: 0,
    });
  });

  it("to HEAD have a length without a body", async () => {
    const origin = await start(saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    for (let turn = 0; turn < 2; turn += 1) {
      const response = await send(origin, { method: "HEAD" });
      expect([response.contentLength, await textOf(response)]).toEqual([5, ""]);
    }
    expect(origin.sockets).toHaveLength(1);
  });

  it.each([
    ["without a length", "HTTP/1.1 200 OK\r\n\r\nok"],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok"],
    ["of HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    ["that close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
  ])("%s end with their connection", async (_, text) => {
    const origin = await start((socket) => socket.end(text));
    expect([await ask(origin), await ask(origin)]).toEqual(["ok", "ok"]);
    expect(origin.sockets).toHaveLength(2);
  });

  it.each([
    ["another protocol, at once", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"],
    [
      "a length and a coding",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a folded field", "HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n"],
    ["lines without CR", "HTTP/1.1 200 OK\nContent-Length: 0\n\r\n\r\n"],
    ["a switch that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
    ["too many interim answers", `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(17)}${OK}`],
    ["an endless head", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(70_000)}`],
    ["a head that is too large", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(70_000)}\r\n\r\n`],
    ["no chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
  ])("that are %s are malformed, and their connection is closed", async (_, text) => {
    const origin = await start(saying(text));
    await expect(send(origin)).rejects.toEqual(failure("malformed"));
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
  });

  it("whose chunks become malformed break off", async () => {
    const origin = await start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
      setTimeout(() => socket.write("xyz"), 20);
    });
    await expect(ask(origin)).rejects.toEqual(failure("malformed"));
  });

  it.each([
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"],
  ])("with %s that end too early break off", async (_, text) => {
    const origin = await start((socket) => socket.end(text));
    await expect(ask(origin)).rejects.toEqual(failure("unanswered"));
  });

  it("that end within the head, or do not begin, are none", async () => {
    const origin = await start((socket) => socket.end("HTTP/1.1 200 OK\r\nX-A"));
    await expect(send(origin)).rejects.toEqual(failure("unanswered"));
    const silent = await start((socket) => socket.destroy());
    await expect(send(silent)).rejects.toEqual(failure("unanswered"));
    expect(silent.requests).toHaveLength(1);
  });

  it("keep their bytes when others come", async () => {
    const origin = await start((socket, head) => {
      const body = head.charAt("GET /".length).repeat(1_000);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${body}`);
    });
    const first = await send(origin, { target: "/a" });
    await send(origin, { target: "/b" });
    expect(await textOf(first)).toBe("a".repeat(1_000));
  });

  it("come no faster than they are read", async () => {
    const size = 40_000_000;
    const origin = await start((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size));
    });
    const response = await send(origin);
    await pause(200);
    expect(origin.sockets[0]?.writableLength).toBeGreaterThan(0);
    expect((await textOf(response)).length).toBe(size);
    expect(await ask(origin, { method: "HEAD" })).toBe("");
  });

  it("that nobody reads to the end close their connection", async () => {
    const origin = await start(saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"));
    const { body } = await send(origin);
    (body as { cancel(): void }).cancel();
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
  });

  it("that were read leave the connection alone, whatever their reader does later", async () => {
    const origin = await start((socket, _, turn) => {
      if (turn > 0) return void setTimeout(() => socket.write(OK), 30);
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
      setTimeout(() => socket.write("k"), 10);
    });
    const first = await send(origin);
    expect(await textOf(first)).toBe("ok");
    const second = ask(origin);
    await pause(10);
    (first.body as { cancel(): void }).cancel();
    expect(await second).toBe("ok");
    expect(origin.sockets).toHaveLength(1);
  });
});

describe("connections", () => {
  it("are as many as there are requests at a time, and the last one is used first", async () => {
    const origin = await start((socket, head) => {
      setTimeout(() => socket.write(OK), head.includes("/slow") ? 60 : 20);
    });
    await Promise.all(["/", "/", "/slow"].map((target) => ask(origin, { target })));
    expect(origin.sockets).toHaveLength(3);
    const once = Math.max(...origin.sockets.map(({ bytesRead }) => bytesRead));
    for (let turn = 0; turn < 3; turn += 1) await ask(origin);
    expect(origin.sockets.map(({ bytesRead }) => bytesRead > once).toSorted()).toEqual([false, false, true]);
  });

  it.each([
    ["closes", (origin: Origin) => origin.sockets[0]?.end()],
    [
      "speaks unasked",
      (origin: Origin) => origin.sockets[0]?.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
    ],
  ])("that a server %s while they are idle are not used again", async (_, act) => {
    const origin = await start(saying(OK));
    await ask(origin);
    act(origin);
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
    expect(await ask(origin, { method: "POST" })).toBe("ok");
    expect(origin.sockets).toHaveLength(2);
  });

  it("with bytes beyond an answer are not used again", async () => {
    const origin = await start(saying(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`));
    expect([await ask(origin), await ask(origin)]).toEqual(["ok", "ok"]);
    expect(origin.sockets).toHaveLength(2);
  });

  /** Answers the first request of the first connection, and breaks with the second. */
  const breaking: Answer = (socket, _, turn) => {
    if (turn === 0) socket.write(OK);
    else socket.destroy();
  };

  it("that break when they are used again: what may be repeated goes out once more", async () => {
    const origin = await start(breaking);
    await ask(origin);
    const observer = observe();
    expect(await ask(origin, {}, observer)).toBe("ok");
    expect([origin.sockets.length, origin.requests.length]).toEqual([2, 3]);
    expect(observer.told).toEqual(["connected", "sent", "connected", "sent"]);
  });

  it("that break when they are used again: nothing else does", async () => {
    const origin = await start(breaking);
    await ask(origin);
    await expect(send(origin, { method: "POST" })).rejects.toEqual(failure("unanswered"));
    await ask(origin);
    const body = streamOf("abc");
    await expect(send(origin, { method: "PUT", body, contentLength: 3 })).rejects.toEqual(
      failure("unanswered"),
    );
    expect(origin.requests).toHaveLength(4);
  });

  it("that break when they are used again are not repeated for ever, nor after part of an answer", async () => {
    let isWell = true;
    const origin = await start((socket) => {
      if (isWell) socket.write(OK);
      else socket.destroy();
    });
    await ask(origin);
    isWell = false;
    await expect(send(origin)).rejects.toEqual(failure("unanswered"));
    expect(origin.requests).toHaveLength(3);
    const partly = await start((socket, _, turn) => {
      if (turn === 0) socket.write(OK);
      else socket.end("HTTP/1.1");
    });
    await ask(partly);
    await expect(send(partly)).rejects.toEqual(failure("unanswered"));
    expect(partly.requests).toHaveLength(2);
  });

  it("that break as the server goes away: it may have executed the request", async () => {
    const origin = await start(breaking);
    await ask(origin);
    const socket = origin.sockets[0];
    socket?.removeAllListeners("data").once("data", () => void origin.close());
    await expect(send(origin)).rejects.toEqual(failure("unanswered"));
  });

  it("are closed after four idle seconds, and made anew after thirty seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const origin = await start(saying(OK));
    for (let turn = 0; turn < 9; turn += 1) {
      await ask(origin);
      vi.advanceTimersByTime(3_500);
    }
    expect(origin.sockets).toHaveLength(1);
    await ask(origin);
    expect(origin.sockets).toHaveLength(2);
    vi.advanceTimersByTime(4_100);
    vi.useRealTimers();
    await expect.poll(() => origin.sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it("are given up before a server that says when it will", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const text = (seconds: number) => OK.replace("\r\n", `\r\nKeep-Alive: timeout=${seconds}\r\n`);
    const origin = await start(saying(text(4)));
    await ask(origin);
    vi.advanceTimersByTime(2_100);
    await ask(origin);
    expect(origin.sockets).toHaveLength(2);
    const hasty = await start(saying(text(2)));
    await ask(hasty);
    await ask(hasty);
    expect(hasty.sockets).toHaveLength(2);
  });

  it("that are idle keep no process", async () => {
    const origin = await start(saying(OK));
    const script = `
      import { Http1Transport } from ${JSON.stringify(join(import.meta.dirname, "../../../../src/runtimes/server/transport-http1.ts"))};
      const observer = { signal: new AbortController().signal, connected() {}, sent() {} };
      const answer = await new Http1Transport().send(${JSON.stringify(request())}, ${JSON.stringify(origin.server)}, observer);
      console.log(answer.status);`;
    const before = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    expect(stdout).toBe("200\n");
    expect(performance.now() - before).toBeLessThan(3_500);
  });

  it("go over unix sockets and IPv6", async () => {
    const origin = await start(saying(OK), join(await folder(), "app.sock"));
    expect([await ask(origin), await ask(origin), origin.sockets.length]).toEqual(["ok", "ok", 1]);
    const six = createServer((socket) => void socket.once("data", () => socket.end(OK)));
    const listening = await new Promise<boolean>((resolve) => {
      six.once("error", () => resolve(false)).listen(0, "::1", () => resolve(true));
    });
    if (!listening) return;
    cleanups.push(() => new Promise((resolve) => six.close(resolve)));
    expect(await ask({ server: tcpServer((six.address() as { port: number }).port, "::1") })).toBe("ok");
  });

  it("that cannot be made are unreachable", async () => {
    const origin = await startOrigin(saying(OK));
    await origin.close();
    const observer = observe();
    await expect(send(origin, {}, observer)).rejects.toEqual(failure("unreachable"));
    const nowhere: UpstreamServer = { ...origin.server, address: { kind: "unix", path: "/nowhere.sock" } };
    await expect(send({ server: { ...nowhere, id: "nowhere" } })).rejects.toEqual(failure("unreachable"));
    expect(observer.told).toEqual([]);
  });
});

describe("TLS", () => {
  async function startSecure(): Promise<{ server: UpstreamServer; ca: string; resumed: boolean[] }> {
    const path = await folder();
    const [key, cert] = [join(path, "key.pem"), join(path, "cert.pem")];
    const name = ["-subj", "/CN=app.test", "-addext", "subjectAltName=DNS:app.test"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", ...name],
      { stdio: "ignore" },
    );
    const ca = await readFile(cert, "utf8");
    const resumed: boolean[] = [];
    const server = createTlsServer({ key: await readFile(key), cert: ca, ALPNProtocols: ["h2", "http/1.1"] });
    server.on("secureConnection", (socket: TLSSocket) => {
      resumed.push(socket.isSessionReused());
      socket.on("error", () => {});
      socket.on("data", (bytes: Buffer) => {
        const isLast = bytes.toString().includes("/last");
        socket.write(`HTTP/1.1 200 OK\r\n${isLast ? "Connection: close\r\n" : ""}Content-Length: 8\r\n\r\n`);
        socket.write(socket.alpnProtocol as string);
      });
    });
    const origin = await listen(server);
    cleanups.push(origin.close);
    return { server: origin.server, ca, resumed };
  }

  it("speaks HTTP/1.1 over connections that are kept, and takes sessions up again", async () => {
    const { server, ca, resumed } = await startSecure();
    const secure = { server: { ...server, tls: { ca, serverName: "app.test" } } };
    for (const target of ["/", "/last", "/"]) expect(await ask(secure, { target })).toBe("http/1.1");
    expect(resumed).toEqual([false, true]);
  });

  it("is verified", async () => {
    const { server, ca } = await startSecure();
    const withTls = (tls: NonNullable<UpstreamServer["tls"]>) => ask({ server: { ...server, tls } });
    await expect(withTls({})).rejects.toEqual(failure("unreachable"));
    await expect(withTls({ ca })).rejects.toEqual(failure("unreachable"));
    await expect(withTls({ ca, serverName: "other.test" })).rejects.toEqual(failure("unreachable"));
    expect(await withTls({ dangerouslyAcceptAnyCertificate: true })).toBe("http/1.1");
  });
});

describe("limits and aborts", () => {
  /** A server that takes connections and lets a handshake wait. */
  async function startMute(connectTimeoutMs: number): Promise<{ server: UpstreamServer; origin: Origin }> {
    const origin = await start(() => {});
    return { origin, server: { ...origin.server, connectTimeoutMs, tls: {} } };
  }

  it("give a connection up that is not made in time", async () => {
    const { server, origin } = await startMute(50);
    const observer = observe();
    await expect(send({ server }, {}, observer)).rejects.toMatchObject({
      failure: "unreachable",
      timedOut: true,
    });
    expect(observer.told).toEqual([]);
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
  });

  it("end an exchange before it begins, and while it connects", async () => {
    const { server, origin } = await startMute(0);
    await expect(send({ server }, {}, observe(AbortSignal.abort("gone")))).rejects.toBe("gone");
    const controller = new AbortController();
    const sending = send({ server }, {}, observe(controller.signal));
    await expect.poll(() => origin.sockets.length).toBe(1);
    controller.abort("gone");
    await expect(sending).rejects.toBe("gone");
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
  });

  it("end an exchange that waits for its turn, and spare the connection", async () => {
    const origin = await start(saying(OK));
    await ask(origin);
    const controller = new AbortController();
    const sending = send(origin, {}, observe(controller.signal));
    controller.abort("gone");
    await expect(sending).rejects.toBe("gone");
    expect([await ask(origin), origin.sockets.length, origin.requests.length]).toEqual(["ok", 1, 2]);
  });

  it.each<[string, Partial<UpstreamRequest>, string]>([
    ["waits for the answer", {}, ""],
    ["waits for the rest of the head", {}, "HTTP/1.1 200 OK\r\n"],
    ["sends its body", { method: "POST", body: streamOf("a", new Promise(() => {})) }, ""],
  ])("end an exchange that %s, on a kept connection too", async (_, changes, text) => {
    const origin = await start((socket, head) => socket.write(head.startsWith("OPTIONS") ? OK : text));
    await ask(origin, { method: "OPTIONS" });
    const controller = new AbortController();
    const sending = send(origin, changes, observe(controller.signal));
    await expect.poll(() => origin.requests.length).toBe(2);
    controller.abort("gone");
    await expect(sending).rejects.toBe("gone");
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
    expect(origin.requests).toHaveLength(2);
  });

  it("end an exchange during its body", async () => {
    const origin = await start(saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"));
    const controller = new AbortController();
    const response = await send(origin, {}, observe(controller.signal));
    controller.abort("gone");
    await expect(textOf(response)).rejects.toBe("gone");
    await expect.poll(() => origin.sockets[0]?.destroyed).toBe(true);
  });

  it("do nothing to a connection when an exchange is over", async () => {
    const origin = await start(saying(OK));
    const controller = new AbortController();
    await ask(origin, {}, observe(controller.signal));
    controller.abort("late");
    expect([await ask(origin), origin.sockets.length]).toEqual(["ok", 1]);
  });
});

describe("leaving", () => {
  it.each([
    ["close", () => transport.close()],
    ["forget", (server: UpstreamServer) => transport.forget(server)],
  ])("%s ends idle connections, and waits for exchanges under way", async (_, leave) => {
    const origin = await start((socket, head) => {
      if (head.includes("/slow")) setTimeout(() => socket.write(OK), 50);
      else socket.write(OK);
    });
    const slow = ask(origin, { target: "/slow" });
    await ask(origin);
    const order: string[] = [];
    const left = leave(origin.server).then(() => order.push("left"));
    expect(await slow.finally(() => order.push("answered"))).toBe("ok");
    await left;
    expect(order).toEqual(["answered", "left"]);
    await expect.poll(() => origin.sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect([await ask(origin), origin.sockets.length]).toEqual(["ok", 3]);
  });

  it("forget leaves other servers alone", async () => {
    const [one, two] = [await start(saying(OK)), await start(saying(OK))];
    await Promise.all([ask(one), ask(two)]);
    await transport.forget(one.server);
    await Promise.all([ask(one), ask(two)]);
    expect([one.sockets.length, two.sockets.length]).toEqual([2, 1]);
  });

  it("servers that are reached in the same way share connections", async () => {
    const origin = await start(saying(OK));
    await ask(origin);
    await ask({ server: { ...origin.server } });
    expect(origin.sockets).toHaveLength(1);
  });
});
