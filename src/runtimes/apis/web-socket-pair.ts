// WebSocketPair (Workers docs, "WebSockets"): two ends of one connection inside the process. A function
// keeps one and returns the other in a 101 response; the runtime then couples that one to the network.

/** What a message carries; binary ones arrive as ArrayBuffer. */
export type SocketMessage = string | ArrayBuffer;

/** The network's side of an end, in the words of whatever library speaks the protocol. */
export interface SocketTransport {
  send(message: SocketMessage): void;
  close(code: number | undefined, reason: string | undefined): void;
}

type SocketEvent =
  | { kind: "message"; data: SocketMessage }
  | { kind: "close"; code: number; reason: string; wasClean: boolean }
  | { kind: "error"; error: unknown };

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
/** RFC 6455 §7.4.1: no status code was given; the connection broke off. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const MAX_REASON_BYTES = 123;

/** One end. It receives nothing before it is accepted; what was sent until then waits. */
export class PairedSocket extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;

  #peer: PairedSocket | undefined;
  #transport: SocketTransport | undefined;
  #state = CONNECTING;
  readonly #waiting: SocketEvent[] = [];
  readonly #handlers = new Map<string, (event: Event) => void>();

  /** Connects two ends. */
  static connect(a: PairedSocket, b: PairedSocket): void {
    a.#peer = b;
    b.#peer = a;
  }

  /** Hands an end to the network: what the other end sends goes out from now on. */
  static couple(end: PairedSocket, transport: SocketTransport): NetworkSide {
    if (end.#state !== CONNECTING) throw new TypeError("The WebSocket has been accepted or used already");
    end.#transport = transport;
    end.#state = OPEN;
    for (const event of end.#waiting.splice(0)) end.#receive(event);
    return {
      receive: (data) => end.#sendEvent({ kind: "message", data }),
      closed: (code = ABNORMAL, reason = "", wasClean = true) =>
        end.#sendEvent({ kind: "close", code, reason, wasClean }),
      failed: (error) => end.#sendEvent({ kind: "error", error }),
    };
  }

  get readyState(): number {
    return this.#state;
  }

  /** Begins to receive. */
  accept(): void {
    if (this.#transport !== undefined)
      throw new TypeError("The WebSocket was returned in a response already");
    if (this.#state !== CONNECTING) return;
    this.#state = OPEN;
    queueMicrotask(() => {
      for (const event of this.#waiting.splice(0)) this.#receive(event);
    });
  }

  send(message: SocketMessage | ArrayBufferView): void {
    if (this.#state === CONNECTING) throw new TypeError("Call accept() on the WebSocket before sending");
    if (this.#state !== OPEN) throw new TypeError("The WebSocket is closed");
    this.#sendEvent({ kind: "message", data: copyMessage(message) });
  }

  /** Ends the connection; the other side learns code and reason. */
  close(code?: number, reason = ""): void {
    checkClose(code, reason);
    if (this.#state === CONNECTING) throw new TypeError("Call accept() on the WebSocket before closing");
    if (this.#state === CLOSED || this.#state === CLOSING) return;
    this.#state = CLOSING;
    this.#sendEvent({ kind: "close", code: code ?? NO_STATUS, reason, wasClean: true });
  }

  get onmessage(): ((event: Event) => void) | null {
    return this.#handlers.get("message") ?? null;
  }
  set onmessage(handler: ((event: Event) => void) | null) {
    this.#setHandler("message", handler);
  }
  get onclose(): ((event: Event) => void) | null {
    return this.#handlers.get("close") ?? null;
  }
  set onclose(handler: ((event: Event) => void) | null) {
    this.#setHandler("close", handler);
  }
  get onerror(): ((event: Event) => void) | null {
    return this.#handlers.get("error") ?? null;
  }
  set onerror(handler: ((event: Event) => void) | null) {
    this.#setHandler("error", handler);
  }

  #setHandler(type: string, handler: ((event: Event) => void) | null): void {
    const present = this.#handlers.get(type);
    if (present !== undefined) this.removeEventListener(type, present);
    this.#handlers.delete(type);
    if (handler === null) return;
    this.#handlers.set(type, handler);
    this.addEventListener(type, handler);
  }

  /** To the other end of the pair. */
  #sendEvent(event: SocketEvent): void {
    const peer = this.#peer;
    if (peer !== undefined) peer.#receive(event);
  }

  #receive(event: SocketEvent): void {
    if (this.#state === CONNECTING) {
      this.#waiting.push(event);
    } else if (this.#transport !== undefined) {
      this.#forward(event, this.#transport);
    } else if (event.kind === "close") {
      this.#endReceiving(event);
    } else if (this.#state !== CLOSED) {
      this.#dispatch(event);
    }
  }

  #forward(event: SocketEvent, transport: SocketTransport): void {
    if (event.kind === "message") transport.send(event.data);
    else if (event.kind === "close")
      transport.close(event.code === NO_STATUS ? undefined : event.code, event.reason);
  }

  /** A close that answers our own ends quietly; any other is an event, and is answered. */
  #endReceiving(event: SocketEvent & { kind: "close" }): void {
    if (this.#state === CLOSED) return;
    const isAnswer = this.#state === CLOSING;
    this.#state = CLOSED;
    if (!isAnswer) this.#sendEvent({ ...event, wasClean: true });
    this.#dispatch(event);
  }

  #dispatch(event: SocketEvent): void {
    // In a task of its own, as from a network: never inside the sender's call.
    queueMicrotask(() => this.dispatchEvent(toDomEvent(event)));
  }
}

/** What the runtime reports of the network. */
export interface NetworkSide {
  receive(data: SocketMessage): void;
  closed(code?: number, reason?: string, wasClean?: boolean): void;
  failed(error: unknown): void;
}

/** The global of that name: `Object.values(new WebSocketPair())` are the two ends. */
export class WebSocketPair {
  readonly 0 = new PairedSocket();
  readonly 1 = new PairedSocket();

  constructor() {
    PairedSocket.connect(this[0], this[1]);
  }
}

/** The end that a response carries to the client; undefined for any other response. */
export function webSocketOf(response: Response): PairedSocket | undefined {
  const { webSocket } = response as Response & { webSocket?: unknown };
  return webSocket instanceof PairedSocket ? webSocket : undefined;
}

function toDomEvent(event: SocketEvent): Event {
  if (event.kind === "message") return new MessageEvent("message", { data: event.data });
  if (event.kind === "close") return new CloseEvent("close", event);
  return Object.assign(new Event("error"), { error: event.error });
}

function copyMessage(message: SocketMessage | ArrayBufferView): SocketMessage {
  if (typeof message === "string") return message;
  if (message instanceof ArrayBuffer) return message.slice(0);
  if (!ArrayBuffer.isView(message)) return String(message);
  const bytes = new Uint8Array(message.byteLength);
  bytes.set(new Uint8Array(message.buffer, message.byteOffset, message.byteLength));
  return bytes.buffer;
}

/** RFC 6455 §7.4: codes that an application may send. */
function checkClose(code: number | undefined, reason: string): void {
  if (code === undefined) {
    if (reason !== "") throw new TypeError("A reason to close needs a code");
    return;
  }
  const isAllowed =
    code === 1000 ||
    (code >= 1001 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
    (code >= 3000 && code <= 4999);
  if (!isAllowed) throw new TypeError(`A WebSocket cannot be closed with the code ${code}`);
  if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES)
    throw new TypeError("The reason to close is too long");
}
