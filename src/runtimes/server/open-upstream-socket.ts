// A connection to an upstream: TCP or a unix socket, plain or TLS, within the server's limit for connecting.

import { connect, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { TransportError, type UpstreamServer } from "../../contract/transport.ts";
import { tlsSettings } from "./upstream-tls.ts";

/** What a protocol asks of its connections. */
export interface SocketTraits {
  /** Takes what is read from a plain connection, in place of `data` events. */
  onread?: OnReadOpts;
  /** Of the protocol, for TLS to name (RFC 7301). */
  applicationProtocol?: string;
  /** A TLS session to take up again. */
  session?: Buffer | undefined;
  /** It is there, and may be watched before it is connected. */
  watch?(socket: Socket): void;
}

/** Resolves with a connection that can be written to. Rejects with a TransportError, or with the signal's reason. */
export function openUpstreamSocket(
  server: UpstreamServer,
  signal: AbortSignal,
  traits: SocketTraits = {},
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = server.tls === undefined ? connectPlain(server, traits) : connectSecure(server, traits);
    const timer =
      server.connectTimeoutMs > 0
        ? setTimeout(() => settle(timeoutError(server)), server.connectTimeoutMs)
        : undefined;
    const onAbort = () => settle(signal.reason);
    const onError = (error: Error) =>
      settle(new TransportError("unreachable", `Cannot connect to ${server.id}`, { cause: error }));
    const settle = (error?: unknown) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      // Nobody may be listening yet, or any more.
      socket.off("error", onError).on("error", () => {});
      if (error === undefined) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    socket.once("error", onError);
    socket.once(server.tls === undefined ? "connect" : "secureConnect", () => settle());
    signal.addEventListener("abort", onAbort);
    traits.watch?.(socket);
  });
}

function connectPlain({ address }: UpstreamServer, { onread }: SocketTraits): Socket {
  return connect({ ...targetOf(address), ...(onread && { onread }) });
}

function connectSecure(
  { address, tls = {} }: UpstreamServer,
  { applicationProtocol, session }: SocketTraits,
): TLSSocket {
  return connectTls({
    ...targetOf(address),
    ...tlsSettings(tls, address),
    ...(applicationProtocol && { ALPNProtocols: [applicationProtocol] }),
    ...(session && { session }),
  });
}

function targetOf(address: UpstreamServer["address"]): { path: string } | { host: string; port: number } {
  return address.kind === "unix" ? { path: address.path } : { host: address.hostname, port: address.port };
}

function timeoutError({ id, connectTimeoutMs }: UpstreamServer): TransportError {
  return new TransportError("unreachable", `No connection to ${id} within ${connectTimeoutMs} ms`, {
    timedOut: true,
  });
}
