import { beforeEach, describe, expect, it } from "vitest";
import { BunSocket } from "../../../../src/runtimes/bun-sockets/bun-socket.ts";
import type { NativeSocket, SocketHandler } from "../../../../src/runtimes/bun-sockets/native.ts";

/** A socket as Bun brings it, that takes as much as it is told to. */
class FakeNative implements NativeSocket {
  data!: SocketHandler;
  readonly remoteAddress = "192.0.2.1";
  /** Bytes that it takes before it is full. */
  room = Number.POSITIVE_INFINITY;
  /** The other side is gone, and nobody has said so. */
  isReset = false;
  readonly writes: string[] = [];
  readonly calls: string[] = [];

  write(bytes: Uint8Array, start: number, length: number): number {
    if (this.isReset) return -1;
    const taken = Math.min(length, this.room);
    this.room -= taken;
    if (taken > 0) this.writes.push(Buffer.from(bytes.subarray(start, start + taken)).toString("latin1"));
    return taken;
  }

  end(): void {
    this.calls.push("end");
    this.data.handleClose(undefined);
  }

  shutdown(): void {
    this.calls.push("shutdown");
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }

  ref(): void {}
  unref(): void {}
  setNoDelay = () => true;
  setKeepAlive = () => true;
}

let native: FakeNative;
let socket: BunSocket;
const seen: string[] = [];

beforeEach(() => {
  native = new FakeNative();
  socket = new BunSocket(native);
  native.data = socket;
  seen.length = 0;
  for (const event of ["data", "end", "drain", "error", "close"])
    socket.on(event, (value?: Buffer | Error) =>
      seen.push(value === undefined ? event : `${event} ${value}`),
    );
});

/** Gives microtasks their turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The system takes so much more. */
function makeRoom(bytes: number): void {
  native.room = bytes;
  socket.handleDrain();
}

describe("writing", () => {
  it("gives bytes and texts to the system at once, a byte for each character", async () => {
    let isFlushed = false;
    expect(socket.write("caf\xe9 ", "latin1")).toBe(true);
    expect(socket.write(Buffer.from("two"), () => (isFlushed = true))).toBe(true);
    expect([native.writes, socket.writableLength, isFlushed]).toEqual([["caf\xe9 ", "two"], 0, false]);
    await settled();
    expect([isFlushed, socket.bytesWritten]).toEqual([true, 8]);
  });

  it("keeps what is not taken, in order, whatever happens to the memory of texts", async () => {
    native.room = 3;
    const flushed: number[] = [];
    socket.write("abcdef", "latin1", () => flushed.push(1));
    socket.write("ghi", "latin1", () => flushed.push(2));
    socket.write(Buffer.from("jkl"), () => flushed.push(3));
    expect([native.writes.join(""), socket.writableLength]).toEqual(["abc", 9]);
    makeRoom(4);
    await settled();
    expect([native.writes.join(""), flushed]).toEqual(["abcdefg", [1]]);
    makeRoom(100);
    await settled();
    expect([native.writes.join(""), flushed, socket.writableLength]).toEqual(["abcdefghijkl", [1, 2, 3], 0]);
  });

  it("sends texts that are longer than its memory", () => {
    const text = "x".repeat(200_000);
    socket.write(text, "latin1");
    expect(native.writes.join("") === text).toBe(true);
  });

  it("asks to wait when much is kept, and says when all has left", async () => {
    native.room = 0;
    expect(socket.write(Buffer.alloc(10_000))).toBe(true);
    expect(socket.write(Buffer.alloc(60_000))).toBe(false);
    expect(socket.writableNeedDrain).toBe(true);
    makeRoom(69_999);
    await settled();
    expect(seen).toEqual([]);
    makeRoom(1);
    // Not before whoever was told to wait can listen.
    expect(seen).toEqual([]);
    await settled();
    expect([seen, socket.writableNeedDrain]).toEqual([["drain"], false]);
  });

  it("tells whoever wrote corked that it has drained, after the write has returned", async () => {
    socket.cork();
    socket.write("head", "latin1");
    expect(socket.write(Buffer.alloc(100_000))).toBe(false);
    socket.uncork();
    const drained = new Promise((resolve) => socket.once("drain", () => resolve("drained")));
    expect(await drained).toBe("drained");
    expect(native.writes.join("").length).toBe(100_004);
  });

  it("sends what was corked as one piece", async () => {
    let isFlushed = false;
    socket.cork();
    socket.cork();
    socket.write("a", "latin1", () => (isFlushed = true));
    socket.write(Buffer.from("b"));
    socket.uncork();
    expect(native.writes).toEqual([]);
    socket.uncork();
    await settled();
    expect([native.writes, isFlushed]).toEqual([["ab"], true]);
  });

  it("calls back for nothing, too, behind what is kept", async () => {
    native.room = 0;
    const flushed: string[] = [];
    socket.write("a", "latin1");
    socket.write(new Uint8Array(), () => flushed.push("empty"));
    await settled();
    expect(flushed).toEqual([]);
    makeRoom(10);
    await settled();
    expect(flushed).toEqual(["empty"]);
  });
});

describe("closing", () => {
  it("closes one side when everything has left, and both when the other is closed", async () => {
    native.room = 0;
    socket.end("bye", "latin1");
    expect(socket.write("late", "latin1")).toBe(true);
    expect(native.calls).toEqual([]);
    makeRoom(10);
    expect([native.calls, socket.writableFinished, native.writes]).toEqual([["shutdown"], true, ["bye"]]);
    socket.handleEnd();
    await settled();
    expect([native.calls, seen]).toEqual([
      ["shutdown", "end"],
      ["end", "close"],
    ]);
  });

  it("closes both sides at once behind what is to be sent", async () => {
    native.room = 0;
    socket.write("last", "latin1");
    socket.destroySoon();
    expect([native.calls, socket.destroyed]).toEqual([[], false]);
    makeRoom(10);
    expect([native.calls, socket.destroyed, seen]).toEqual([["end"], true, []]);
    await settled();
    expect(seen).toEqual(["close"]);
  });

  it("breaks off, and lets go of those who wait", async () => {
    native.room = 0;
    let isFree = false;
    socket.write("never", "latin1", () => (isFree = true));
    socket.destroy();
    socket.destroy();
    expect([native.calls, socket.destroyed, socket.closed]).toEqual([["end"], true, false]);
    await settled();
    expect([seen, isFree, socket.closed, socket.writableLength]).toEqual([["close"], true, true, 0]);
  });

  it("finds out by itself that the other side is gone where something waits", async () => {
    native.room = 0;
    socket.write("waits", "latin1");
    socket.retry();
    expect(socket.destroyed).toBe(false);
    native.isReset = true;
    socket.retry();
    await settled();
    expect([socket.destroyed, seen]).toEqual([true, ["close"]]);
  });

  it("reports why the other side is gone, once", async () => {
    socket.handleClose(new Error("reset"));
    socket.handleClose(new Error("again"));
    await settled();
    expect(seen).toEqual(["error Error: reset", "close"]);
  });

  it("still knows the address afterwards", async () => {
    socket.handleClose(undefined);
    await settled();
    expect(socket.remoteAddress).toBe("192.0.2.1");
  });
});

describe("reading", () => {
  it("holds back what comes while it is paused, the end behind it", async () => {
    socket.pause();
    socket.handleData(Buffer.from("one"));
    socket.handleData(Buffer.from("two"));
    socket.handleEnd();
    expect([seen, native.calls, socket.isPaused()]).toEqual([[], ["pause"], true]);
    socket.resume();
    await settled();
    expect([seen, socket.bytesRead]).toEqual([["data one", "data two", "end"], 6]);
  });

  it("stops again where a listener pauses it", async () => {
    socket.pause();
    socket.handleData(Buffer.from("one"));
    socket.handleData(Buffer.from("two"));
    socket.once("data", () => socket.pause());
    socket.resume();
    await settled();
    expect(seen).toEqual(["data one"]);
    socket.resume();
    await settled();
    expect(seen).toEqual(["data one", "data two"]);
  });

  it("waits for a listener when it changes hands", async () => {
    socket.removeAllListeners("data");
    socket.readableFlowing = null;
    socket.handleData(Buffer.from("for the next"));
    const received = new Promise((resolve) => socket.on("data", (bytes: Buffer) => resolve(String(bytes))));
    expect(await received).toBe("for the next");
    expect(native.calls).toEqual(["pause", "resume"]);
  });
});

describe("connecting", () => {
  it("tells when it is open, and sends what was written before", () => {
    const early = new BunSocket();
    let isOpen = false;
    early.on("connect", () => (isOpen = true));
    early.write("hello", "latin1");
    early.handleOpen(native);
    expect([isOpen, native.writes]).toEqual([true, ["hello"]]);
  });

  it("closes a connection that comes after it was given up", async () => {
    const early = new BunSocket();
    const closed = new Promise((resolve) => early.on("close", () => resolve("closed")));
    native.data = early;
    early.destroy();
    early.handleOpen(native);
    expect([native.calls, await closed]).toEqual([["end"], "closed"]);
  });
});
