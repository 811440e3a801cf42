// The sockets that Bun brings, as far as they are used here. Bun docs, "TCP".

/** One connection. */
export interface NativeSocket {
  data: SocketHandler;
  readonly remoteAddress: string | undefined;
  /** Returns how many of the bytes were taken, -1 once it is closed. */
  write(bytes: Uint8Array, start: number, length: number): number;
  /** Closes both sides; the system still sends what it has taken. */
  end(): void;
  /** Closes the sending side. */
  shutdown(): void;
  pause(): void;
  resume(): void;
  ref(): void;
  unref(): void;
  setNoDelay(isOn: boolean): boolean;
  setKeepAlive(isOn: boolean, delayMs: number): boolean;
}

/** Who hears of what happens on a connection. */
export interface SocketHandler {
  handleOpen(socket: NativeSocket): void;
  handleData(bytes: Buffer): void;
  handleEnd(): void;
  handleDrain(): void;
  handleClose(error: Error | undefined): void;
}

interface NativeHandlers {
  open?(socket: NativeSocket): void;
  data(socket: NativeSocket, bytes: Buffer): void;
  end(socket: NativeSocket): void;
  drain(socket: NativeSocket): void;
  close(socket: NativeSocket, error?: Error): void;
  error(socket: NativeSocket, error: Error): void;
  connectError?(socket: NativeSocket, error: Error): void;
}

/** What listens. */
export interface NativeListener {
  readonly port: number;
  /** Takes no more connections. */
  stop(): void;
}

interface BunSocketApi {
  listen(options: {
    hostname: string;
    port: number;
    allowHalfOpen: boolean;
    socket: NativeHandlers;
  }): NativeListener;
  connect(
    options: ({ hostname: string; port: number } | { unix: string }) & {
      allowHalfOpen: boolean;
      data: SocketHandler;
      socket: NativeHandlers;
    },
  ): Promise<NativeSocket>;
}

const HANDLERS: NativeHandlers = {
  data: (socket, bytes) => socket.data.handleData(bytes),
  end: (socket) => socket.data.handleEnd(),
  drain: (socket) => socket.data.handleDrain(),
  close: (socket, error) => socket.data.handleClose(error),
  // What a handler has thrown: it is nobody's to catch here.
  error: (_socket, error) =>
    void setImmediate(() => {
      throw error;
    }),
};

/** Listens; `accept` makes whoever hears of a connection. Throws as Bun does. */
export function listenNatively(
  hostname: string,
  port: number,
  accept: (socket: NativeSocket) => SocketHandler,
): NativeListener {
  const open = (socket: NativeSocket) => {
    socket.data = accept(socket);
  };
  return bun().listen({ hostname, port, allowHalfOpen: true, socket: { ...HANDLERS, open } });
}

/** Connects; rejects as Bun does. */
export async function connectNatively(
  target: { hostname: string; port: number } | { unix: string },
  data: SocketHandler,
): Promise<void> {
  const open = (socket: NativeSocket) => data.handleOpen(socket);
  await bun().connect({
    ...target,
    allowHalfOpen: true,
    data,
    // Without a handler of its own the failure would be everybody's.
    socket: { ...HANDLERS, open, connectError() {} },
  });
}

function bun(): BunSocketApi {
  return (globalThis as unknown as { Bun: BunSocketApi }).Bun;
}
