// A connection on Bun without the streams of `node:net`, which cost as much as the system's own work: what is written
// goes to the system at once, and only what it does not take is kept.

import { EventEmitter } from "node:events";
import type { WireSocket } from "../http1/wire-socket.ts";
import type { NativeSocket, SocketHandler } from "./native.ts";

interface PendingBytes {
  bytes: Uint8Array;
  start: number;
  onFlushed: (() => void) | undefined;
}

/** What waits to leave from which on `write` asks to wait; as much as a stream of Node's. */
const HIGH_WATER_BYTES = 64 * 1024;
/** Where texts become bytes, and small parts one piece; what the system has taken can be written over. */
const memory = Buffer.allocUnsafeSlow(64 * 1024);

export class BunSocket extends EventEmitter implements WireSocket, SocketHandler {
  /** Undefined until it is open, and once it is closed. */
  #native: NativeSocket | undefined;
  #remoteAddress: string | undefined;
  readonly #pending: PendingBytes[] = [];
  #corks = 0;
  /** Nothing can be written to it any more. */
  #isBroken = false;
  /** What is to be closed when everything has left. */
  #ending: "sending" | "both" | undefined;
  /** The other side sends nothing more. */
  #hasEnded = false;
  /** What came while nobody wanted it. */
  #held: Buffer[] = [];
  bytesRead = 0;
  bytesWritten = 0;
  writableLength = 0;
  writableNeedDrain = false;
  writableFinished = false;
  destroyed = false;
  closed = false;
  #flowing: boolean | null = null;
  /** Whether Bun reads nothing more. */
  #isHeldBack = false;

  constructor(native?: NativeSocket) {
    super();
    this.#native = native;
  }

  get remoteAddress(): string | undefined {
    this.#remoteAddress ??= this.#native?.remoteAddress;
    return this.#remoteAddress;
  }

  get readableFlowing(): boolean | null {
    return this.#flowing;
  }

  set readableFlowing(flowing: boolean | null) {
    this.#flowing = flowing;
    if (this.#isHeldBack === (flowing !== true)) return;
    this.#isHeldBack = flowing !== true;
    if (this.#isHeldBack) this.#native?.pause();
    else this.#native?.resume();
  }

  write(text: string, encoding: "latin1", onFlushed?: () => void): boolean;
  write(bytes: Uint8Array, onFlushed?: () => void): boolean;
  write(data: string | Uint8Array, second?: "latin1" | (() => void), third?: () => void): boolean {
    const onFlushed = typeof second === "function" ? second : third;
    const { length } = data;
    if (this.destroyed || this.#ending !== undefined || (length === 0 && this.writableLength === 0)) {
      if (onFlushed !== undefined) queueMicrotask(onFlushed);
      return true;
    }
    this.bytesWritten += length;
    if (this.#corks > 0 || this.writableLength > 0) return this.#keep(toBytes(data), 0, onFlushed);
    const isInMemory = typeof data === "string" && length <= memory.length;
    if (isInMemory) memory.write(data, 0, "latin1");
    const bytes = isInMemory ? memory : toBytes(data);
    const taken = this.#give(bytes, 0, length);
    if (taken < length)
      return isInMemory
        ? this.#keep(Buffer.from(memory.subarray(taken, length)), 0, onFlushed)
        : this.#keep(bytes, taken, onFlushed);
    if (onFlushed !== undefined) queueMicrotask(onFlushed);
    return true;
  }

  cork(): void {
    this.#corks += 1;
  }

  uncork(): void {
    this.#corks -= 1;
    if (this.#corks > 0 || this.#pending.length === 0) return;
    if (this.#pending.length > 1 && this.writableLength <= memory.length) this.#join();
    this.#flush();
  }

  end(text?: string, encoding: "latin1" = "latin1"): void {
    if (text !== undefined) this.write(text, encoding);
    this.#ending ??= "sending";
    this.#endIfFlushed();
  }

  destroySoon(): void {
    this.#ending = "both";
    this.#endIfFlushed();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    const native = this.#native;
    // Not with a reset, which would take from the client what the system has taken and not sent.
    if (native === undefined) queueMicrotask(() => this.#close());
    else native.end();
  }

  /** Bun does not tell of every paused socket that the other side is gone: writing to it does. */
  retry(): void {
    if (this.#pending.length === 0 || this.#corks > 0 || this.destroyed) return;
    this.#flush();
    if (this.#isBroken) this.destroy();
  }

  pause(): void {
    this.readableFlowing = false;
  }

  resume(): void {
    if (this.destroyed || this.#flowing === true) return;
    this.readableFlowing = true;
    if (this.#held.length > 0) queueMicrotask(() => this.#release());
  }

  isPaused(): boolean {
    return this.#flowing === false;
  }

  ref(): void {
    this.#native?.ref();
  }

  unref(): void {
    this.#native?.unref();
  }

  setNoDelay(isOn: boolean): void {
    this.#native?.setNoDelay(isOn);
  }

  setKeepAlive(isOn: boolean, delayMs: number): void {
    this.#native?.setKeepAlive(isOn, delayMs);
  }

  override on(event: string | symbol, listener: Parameters<EventEmitter["on"]>[1]): this {
    super.on(event, listener);
    if (event === "data" && this.#flowing === null) this.resume();
    return this;
  }

  handleOpen(native: NativeSocket): void {
    if (this.destroyed) {
      native.end();
      return;
    }
    this.#native = native;
    this.#flush();
    this.emit("connect");
  }

  handleData(bytes: Buffer): void {
    this.bytesRead += bytes.length;
    if (this.#flowing === true && this.#held.length === 0) this.emit("data", bytes);
    else this.#held.push(bytes);
  }

  handleEnd(): void {
    this.#hasEnded = true;
    if (this.#held.length === 0) this.#emitEnd();
  }

  /** Bun also calls this where nothing was kept. */
  handleDrain(): void {
    if (this.#pending.length > 0 && this.#corks === 0) this.#flush();
  }

  handleClose(error: Error | undefined): void {
    const wasOurs = this.destroyed;
    this.destroyed = true;
    this.#remoteAddress ??= this.#native?.remoteAddress;
    this.#native = undefined;
    // As everywhere: whoever closes it is done before anybody hears of it.
    queueMicrotask(() => {
      if (error != null && !wasOurs) this.emit("error", error);
      this.#close();
    });
  }

  #close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#held = [];
    const pending = this.#pending.splice(0);
    this.writableLength = 0;
    for (const { onFlushed } of pending) onFlushed?.();
    this.emit("close");
  }

  /** How many bytes the system takes now. */
  #give(bytes: Uint8Array, start: number, length: number): number {
    const taken = this.#native?.write(bytes, start, length) ?? 0;
    if (taken < 0) this.#isBroken = true;
    return Math.max(0, taken);
  }

  #keep(bytes: Uint8Array, start: number, onFlushed: (() => void) | undefined): boolean {
    this.#pending.push({ bytes, start, onFlushed });
    this.writableLength += bytes.length - start;
    if (this.writableLength < HIGH_WATER_BYTES) return true;
    this.writableNeedDrain = true;
    return false;
  }

  /** Small parts are one piece from now on. */
  #join(): void {
    const parts = this.#pending.splice(0);
    const bytes = Buffer.concat(parts.map((part) => part.bytes.subarray(part.start)));
    const callbacks = parts.flatMap(({ onFlushed }) => onFlushed ?? []);
    const onFlushed =
      callbacks.length === 0
        ? undefined
        : () => {
            for (const callback of callbacks) callback();
          };
    this.#pending.push({ bytes, start: 0, onFlushed });
  }

  #flush(): void {
    const pending = this.#pending;
    let sent = 0;
    while (sent < pending.length) {
      const part = pending[sent] as PendingBytes;
      const left = part.bytes.length - part.start;
      const taken = left === 0 ? 0 : this.#give(part.bytes, part.start, left);
      this.writableLength -= taken;
      part.start += taken;
      if (taken < left) break;
      sent += 1;
    }
    for (const { onFlushed } of pending.splice(0, sent))
      if (onFlushed !== undefined) queueMicrotask(onFlushed);
    if (pending.length > 0) return;
    // Whoever has just been told to wait listens by then.
    if (this.writableNeedDrain) queueMicrotask(() => this.#tellDrained());
    this.#endIfFlushed();
  }

  #tellDrained(): void {
    if (!this.writableNeedDrain || this.#pending.length > 0) return;
    this.writableNeedDrain = false;
    this.emit("drain");
  }

  #endIfFlushed(): void {
    const native = this.#native;
    if (this.#ending === undefined || this.#pending.length > 0 || native === undefined) return;
    this.writableFinished = true;
    // With both sides closed there is nothing left to wait for.
    if (this.#ending === "both" || this.#hasEnded) {
      this.destroyed = true;
      native.end();
    } else native.shutdown();
  }

  #release(): void {
    while (this.#held.length > 0 && this.#flowing === true) this.emit("data", this.#held.shift() as Buffer);
    if (this.#held.length === 0 && this.#hasEnded) this.#emitEnd();
  }

  #emitEnd(): void {
    this.emit("end");
    if (this.writableFinished && !this.destroyed) this.destroySoon();
  }
}

function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? Buffer.from(data, "latin1") : data;
}
