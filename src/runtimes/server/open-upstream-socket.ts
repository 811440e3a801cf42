// A connection to an upstream: TCP or a unix socket, plain or TLS, within the server's limit for connecting.

import { connect, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { CancelSignal } from "../../contract/cancellation.ts";
import { TransportError, type UpstreamServer } from "../../contract/transport.ts";
import type { WireSocket } from "../http1/wire-socket.ts";
import { tlsSettings } from "./upstream-tls.ts";

/** Where an upstream is. */
export type UpstreamTarget = { path: string } | { host: string; port: number };

/** Opens a plain connection, which tells `connect` or `error`. */
export type PlainConnector = (target: UpstreamTarget) => WireSocket;

/** What a protocol asks of its connections. */
export interface SocketTraits {
  /** Opens plain connections; by default `node:net` does. */
  connect?: PlainConnector | undefined;
  /** Takes what is read from a plain connection, in place of `data` events. */
  onread?: OnReadOpts;
  /** Of the protocol, for TLS to name (RFC 7301). */
  applicationProtocol?: string;
  /** A TLS session to take up again. */
  session?: Buffer | undefined;
  /** Called with each TLS session that the server offers. */
  onSession?(session: Buffer): void;
}

/** Resolves with a connection that can be written to. Rejects with a TransportError, or with the signal's reason. */
export function openUpstreamSocket(server: UpstreamServer, signal: CancelSignal): Promise<Socket>;
export function openUpstreamSocket(
  server: UpstreamServer,
  signal: CancelSignal,
  traits: SocketTraits,
): Promise<WireSocket>;
export function openUpstreamSocket(
  server: UpstreamServer,
  signal: CancelSignal,
  traits: SocketTraits = {},
): Promise<WireSocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket: WireSocket =
      server.tls === undefined ? connectPlain(server, traits) : connectSecure(server, traits);
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
      socket.off("error", onError);
      socket.on("error", () => {});
      if (error === undefined) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    socket.once("error", onError);
    socket.once((server.tls === undefined ? "connect" : "secureConnect") as "connect", () => settle());
    signal.addEventListener("abort", onAbort);
  });
}

function connectPlain({ address }: UpstreamServer, { onread, connect: connector }: SocketTraits): WireSocket {
  if (connector !== undefined) return connector(targetOf(address));
  return connect({ ...targetOf(address), ...(onread && { onread }) });
}

function connectSecure(
  { address, tls = {} }: UpstreamServer,
  { applicationProtocol, session, onSession }: SocketTraits,
): TLSSocket {
  const socket = connectTls({
    ...targetOf(address),
    ...tlsSettings(tls, address),
    ...(applicationProtocol && { ALPNProtocols: [applicationProtocol] }),
    ...(session && { session }),
  });
  if (onSession !== undefined) socket.on("session", onSession);
  return socket;
}

function targetOf(address: UpstreamServer["address"]): UpstreamTarget {
  return address.kind === "unix" ? { path: address.path } : { host: address.hostname, port: address.port };
}

function timeoutError({ id, connectTimeoutMs }: UpstreamServer): TransportError {
  return new TransportError("unreachable", `No connection to ${id} within ${connectTimeoutMs} ms`, {
    timedOut: true,
  });
}
