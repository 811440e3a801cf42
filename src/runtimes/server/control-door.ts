// The door for operators: HTTP on a unix socket of mode 0600, or on a port of this machine. What is behind it, its
// owner says by a table of routes.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import { listen, listenOnPath } from "./listen.ts";

export interface ControlAnswer {
  status: number;
  body: string;
  type?: string;
}

export interface ControlRoute {
  method: "GET" | "POST";
  answer(body: Record<string, unknown>): ControlAnswer | Promise<ControlAnswer>;
}

export type ControlRoutes = Record<string, ControlRoute>;

const MAX_BODY_BYTES = 256 * 1024;

/** Listens on a socket that only its owner may open. */
export async function openControlSocket(path: string, routes: ControlRoutes): Promise<Server> {
  const server = createDoor(routes);
  // The mode must be right from the first moment, not after a moment with the usual one.
  const before = process.umask(0o177);
  try {
    await listenOnPath(server, path);
  } finally {
    process.umask(before);
  }
  return server;
}

/** Listens on a port of this machine. */
export async function openControlPort(port: number, routes: ControlRoutes): Promise<Server> {
  const server = createDoor(routes);
  await listen(server, port, "127.0.0.1");
  return server;
}

/** An answer in JSON. */
export function json(status: number, document: object): ControlAnswer {
  return { status, body: `${JSON.stringify(document)}\n`, type: "application/json" };
}

function createDoor(routes: ControlRoutes): Server {
  return createServer((incoming, outgoing) => void handle(incoming, outgoing, routes));
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  routes: ControlRoutes,
): Promise<void> {
  const answer = await answerControl(incoming, routes).catch((error: unknown) => describeFailure(error));
  outgoing.writeHead(answer.status, { "content-type": answer.type ?? "text/plain;charset=UTF-8" });
  outgoing.end(answer.body);
}

async function answerControl(incoming: IncomingMessage, routes: ControlRoutes): Promise<ControlAnswer> {
  if (isFromBrowser(incoming)) return { status: 403, body: "Not for browsers\n" };
  const path = incoming.url ?? "/";
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, body: "Not Found\n" };
  if (incoming.method !== route.method) return { status: 405, body: `Use ${route.method}\n` };
  return route.answer(await readBody(incoming));
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
