// What the server and the client of HTTP/1.1 need of a connection. `net.Socket` has it; a runtime whose own sockets
// cost less brings them in this form.

import { Duplex } from "node:stream";

/** Each means what it means on a `net.Socket`. */
export interface WireSocket {
  /** Undefined on unix sockets. */
  readonly remoteAddress?: string | undefined;
  readonly bytesRead: number;
  /** With those that still wait to leave. */
  readonly bytesWritten: number;
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  readonly closed: boolean;
  /** Null: nothing is read until somebody listens or resumes. */
  readableFlowing: boolean | null;
  /** A text has a byte in each character. False: wait for `drain`. `onFlushed` is called when the bytes are free. */
  write(text: string, encoding: "latin1", onFlushed?: () => void): boolean;
  write(bytes: Uint8Array, onFlushed?: () => void): boolean;
  /** Tries again to send what waits, where that is how one hears that the other side is gone. */
  retry?(): void;
  cork(): void;
  uncork(): void;
  /** Closes the sending side when everything has left. */
  end(): unknown;
  end(text: string, encoding: "latin1"): unknown;
  /** Closes both sides when everything has left. */
  destroySoon(): void;
  destroy(): unknown;
  pause(): unknown;
  resume(): unknown;
  isPaused(): boolean;
  ref(): unknown;
  unref(): unknown;
  setNoDelay(isOn: boolean): unknown;
  setKeepAlive(isOn: boolean, delayMs: number): unknown;
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end" | "drain" | "close", listener: () => void): unknown;
  once(event: "error", listener: (error: Error) => void): unknown;
  once(event: "connect" | "end" | "drain" | "close", listener: () => void): unknown;
  off(event: "data", listener: (bytes: Buffer) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  off(event: "end" | "drain" | "close", listener: () => void): unknown;
}

/** A connection as a stream of Node's, for libraries that speak other protocols over it. */
export function toStream(socket: WireSocket): Duplex {
  return socket instanceof Duplex ? socket : new SocketStream(socket);
}

class SocketStream extends Duplex {
  readonly #socket: WireSocket;
  #whenDrained: (() => void) | undefined;

  constructor(socket: WireSocket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on("data", (bytes) => {
      if (!this.push(bytes)) socket.pause();
    });
    socket.on("drain", () => {
      const done = this.#whenDrained;
      this.#whenDrained = undefined;
      done?.();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  /** At once, as on a socket of Node's: whoever destroys the stream afterwards has said this before. */
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#socket.write(chunk)) done();
    else this.#whenDrained = done;
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    const socket = this.#socket;
    let takesMore = true;
    socket.cork();
    for (const { chunk } of chunks) takesMore = socket.write(chunk);
    socket.uncork();
    if (takesMore) done();
    else this.#whenDrained = done;
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
