import { describe, expect, test } from "vitest";
import {
  type NetworkSide,
  PairedSocket,
  type SocketMessage,
  WebSocketPair,
} from "../../../../src/runtimes/apis/web-socket-pair.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Everything that reaches an end, as text. */
function record(socket: PairedSocket): string[] {
  const log: string[] = [];
  socket.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<SocketMessage>;
    log.push(typeof data === "string" ? data : `bytes ${[...new Uint8Array(data)]}`);
  });
  socket.addEventListener("close", (event) => {
    const { code, reason, wasClean } = event as CloseEvent;
    log.push(`close ${code} ${reason} ${wasClean}`);
  });
  socket.addEventListener("error", () => log.push("error"));
  return log;
}

function createPair(): [client: PairedSocket, server: PairedSocket] {
  return Object.values(new WebSocketPair()) as [PairedSocket, PairedSocket];
}

function connect(client: PairedSocket): { sent: string[]; network: NetworkSide } {
  const sent: string[] = [];
  const network = PairedSocket.couple(client, {
    send: (message) =>
      void sent.push(typeof message === "string" ? message : `bytes ${[...new Uint8Array(message)]}`),
    close: (code, reason) => void sent.push(`close ${code} ${reason}`),
  });
  return { sent, network };
}

describe("WebSocketPair", () => {
  test("is two ends, of which what one sends reaches the other", async () => {
    const [a, b] = createPair();
    const [atA, atB] = [record(a), record(b)];
    a.accept();
    b.accept();
    a.send("to b");
    b.send(new Uint8Array([1, 2]).subarray(1));
    await turn();
    expect([atA, atB]).toEqual([["bytes 2"], ["to b"]]);
  });

  test("keeps what is sent until the other end accepts, in order", async () => {
    const [a, b] = createPair();
    a.accept();
    a.send("one");
    a.send("two");
    await turn();
    b.accept();
    const atB = record(b);
    await turn();
    expect(atB).toEqual(["one", "two"]);
  });

  test("sends a copy of bytes", async () => {
    const [a, b] = createPair();
    const atB = record(b);
    a.accept();
    b.accept();
    const bytes = new Uint8Array([1]);
    a.send(bytes);
    bytes[0] = 9;
    await turn();
    expect(atB).toEqual(["bytes 1"]);
  });

  test("closes both ends, and each learns it once", async () => {
    const [a, b] = createPair();
    const [atA, atB] = [record(a), record(b)];
    a.accept();
    b.accept();
    a.close(4000, "done");
    a.close(4001, "again");
    await turn();
    expect([atA, atB]).toEqual([["close 4000 done true"], ["close 4000 done true"]]);
    expect([a.readyState, b.readyState]).toEqual([PairedSocket.CLOSED, PairedSocket.CLOSED]);
    expect(() => a.send("late")).toThrow(TypeError);
  });

  test("must be accepted before it is used", () => {
    const [a] = createPair();
    expect(() => a.send("early")).toThrow(/accept/);
    expect(() => a.close()).toThrow(/accept/);
  });

  test.each([999, 1004, 1005, 1006, 1015, 2000, 5000])(
    "cannot be closed with the code %i (RFC 6455 §7.4)",
    (code) => {
      const [a] = createPair();
      a.accept();
      expect(() => a.close(code)).toThrow(TypeError);
    },
  );

  test("limits the reason to what a close frame holds", () => {
    const [a] = createPair();
    a.accept();
    expect(() => a.close(1000, "ü".repeat(62))).toThrow(TypeError);
    a.close(1000, "u".repeat(123));
  });

  test("has handler properties beside listeners", async () => {
    const [a, b] = createPair();
    a.accept();
    b.accept();
    const seen: unknown[] = [];
    b.onmessage = () => seen.push("replaced");
    b.onmessage = (event) => seen.push((event as MessageEvent).data);
    a.send("x");
    await turn();
    b.onmessage = null;
    a.send("y");
    await turn();
    expect([seen, b.onmessage]).toEqual([["x"], null]);
  });
});

describe("an end that is coupled to the network", () => {
  test("carries messages both ways, also those sent before", async () => {
    const [client, server] = createPair();
    const atServer = record(server);
    server.accept();
    server.send("early");
    const { sent, network } = connect(client);
    server.send("later");
    network.receive("from outside");
    network.receive(new Uint8Array([7]).buffer);
    await turn();
    expect([sent, atServer]).toEqual([
      ["early", "later"],
      ["from outside", "bytes 7"],
    ]);
  });

  test("passes a close on, once", async () => {
    const [client, server] = createPair();
    const atServer = record(server);
    server.accept();
    const { sent, network } = connect(client);
    server.close(1000, "bye");
    network.closed(1000, "bye");
    await turn();
    expect([sent, atServer]).toEqual([["close 1000 bye"], ["close 1000 bye true"]]);
  });

  test("tells of a connection that broke off, and of errors", async () => {
    const [client, server] = createPair();
    const atServer = record(server);
    server.accept();
    const { network } = connect(client);
    network.failed(new Error("reset"));
    network.closed(undefined, undefined, false);
    await turn();
    expect(atServer).toEqual(["error", "close 1006  false"]);
  });

  test("cannot be used by the function any more", () => {
    const [client] = createPair();
    connect(client);
    expect(() => client.accept()).toThrow(TypeError);
    expect(() => connect(client)).toThrow(TypeError);
  });
});
