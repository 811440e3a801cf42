// The door for operators: HTTP on a unix socket of mode 0600, or on a port of this machine. What is behind it, its
// owner says by tables of routes.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import { listen, listenOnPath } from "./listen.ts";

export interface ControlAnswer {
  status: number;
  body: string;
  type?: string;
}

export type ControlRoute = (body: Record<string, unknown>) => ControlAnswer | Promise<ControlAnswer>;

/** What operators may ask for, by path. */
export interface ControlDoor {
  /** GET: changes nothing. */
  read: Readonly<Record<string, ControlRoute>>;
  /** POST. */
  change: Readonly<Record<string, ControlRoute>>;
  /** A door further inside, which this one leads to; undefined if there is none. */
  inner?(path: string): { door: ControlDoor; path: string } | undefined;
}

const MAX_BODY_BYTES = 256 * 1024;

/** Listens on a socket that only its owner may open. */
export async function openControlSocket(path: string, door: ControlDoor): Promise<Server> {
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing, door, true));
  // The mode must be right from the first moment, not after a moment with the usual one.
  const before = process.umask(0o177);
  try {
    await listenOnPath(server, path);
  } finally {
    process.umask(before);
  }
  return server;
}

/** Listens on a port of this machine; only what changes nothing is answered there. */
export async function openControlPort(port: number, door: ControlDoor): Promise<Server> {
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing, door, false));
  await listen(server, port, "127.0.0.1");
  return server;
}

/** An answer in JSON. */
export function json(status: number, document: object): ControlAnswer {
  return { status, body: `${JSON.stringify(document)}\n`, type: "application/json" };
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  door: ControlDoor,
  mayChange: boolean,
): Promise<void> {
  const answer = await answerControl(incoming, door, mayChange).catch((error: unknown) =>
    describeFailure(error),
  );
  outgoing.writeHead(answer.status, { "content-type": answer.type ?? "text/plain;charset=UTF-8" });
  outgoing.end(answer.body);
}

async function answerControl(
  incoming: IncomingMessage,
  door: ControlDoor,
  mayChange: boolean,
): Promise<ControlAnswer> {
  if (isFromBrowser(incoming)) return { status: 403, body: "Not for browsers\n" };
  const found = findRoute(door, incoming.url ?? "/", mayChange);
  if (found === undefined) return { status: 404, body: "Not Found\n" };
  if (incoming.method !== found.method) return { status: 405, body: `Use ${found.method}\n` };
  return found.route(await readBody(incoming));
}

function findRoute(
  door: ControlDoor,
  path: string,
  mayChange: boolean,
): { method: string; route: ControlRoute } | undefined {
  const { read, change } = door;
  if (Object.hasOwn(read, path)) return { method: "GET", route: read[path] as ControlRoute };
  if (mayChange && Object.hasOwn(change, path))
    return { method: "POST", route: change[path] as ControlRoute };
  const inner = door.inner?.(path);
  return inner && findRoute(inner.door, inner.path, mayChange);
}

/** A page in a browser on this machine can reach local ports, by DNS rebinding under any name. */
function isFromBrowser({ headers }: IncomingMessage): boolean {
  const fromPage = Object.keys(headers).some((name) => name === "origin" || name.startsWith("sec-fetch-"));
  const host = headers.host?.replace(/:\d+$/, "");
  return fromPage || (host !== undefined && host !== "localhost" && host !== "127.0.0.1");
}

async function readBody(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of incoming) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new RangeError("The body is too long");
  }
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function describeFailure(error: unknown): ControlAnswer {
  if (error instanceof CausewayError) {
    return json(409, { error: error.message, code: error.code, remedy: error.remedy });
  }
  return json(400, { error: error instanceof Error ? error.message : String(error) });
}
