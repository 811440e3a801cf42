// The door for operators: HTTP on a unix socket of mode 0600, and, if asked for, a port that can only be read.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import { listen, listenOnPath } from "../server/listen.ts";
import type { Master } from "./master.ts";
import { formatMetrics, PROMETHEUS_TYPE } from "./prometheus.ts";
import { describeServer, stateOf } from "./status.ts";
import type { WorkerRates } from "./worker-rates.ts";

export interface ControlOptions {
  master: Master;
  rates: WorkerRates;
  /** Ends the server in order. */
  stop: () => void;
}

interface Answer {
  status: number;
  body: string;
  type?: string;
}

type Route = (options: ControlOptions, body: Record<string, unknown>) => Answer | Promise<Answer>;

const READ: Record<string, Route> = {
  "/status": ({ master, rates }) => json(200, describeServer(master, rates)),
  "/metrics": ({ master }) => ({ status: 200, body: formatMetrics(master), type: PROMETHEUS_TYPE }),
  "/live": () => ({ status: 200, body: "alive\n" }),
  "/ready": ({ master }) => {
    const state = stateOf(master);
    return { status: state === "ready" ? 200 : 503, body: `${state}\n` };
  },
};

const CHANGE: Record<string, Route> = {
  "/reload": async ({ master, rates }) => {
    await master.reload();
    return json(200, describeServer(master, rates));
  },
  "/scale": ({ master, rates }, { workers }) => {
    if (!Number.isInteger(workers) || (workers as number) < 1)
      return json(400, { error: "workers: 1 or more" });
    // Where functions are isolated, they are what there may be too few of.
    master.pools.at(-1)?.supervisor.scale(workers as number);
    return json(200, describeServer(master, rates));
  },
  "/stop": ({ master, stop }, { force }) => {
    if (force === true) master.kill();
    stop();
    return json(202, { stopping: true });
  },
};

const MAX_BODY_BYTES = 4_096;

/** Listens on a socket that only its owner may open. */
export async function openControlSocket(path: string, options: ControlOptions): Promise<Server> {
  const routes = { ...READ, ...CHANGE };
  const server = createServer((incoming, outgoing) => handle(incoming, outgoing, options, routes));
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
export async function openControlPort(port: number, options: ControlOptions): Promise<Server> {
  const server = createServer((incoming, outgoing) => handle(incoming, outgoing, options, READ));
  await listen(server, port, "127.0.0.1");
  return server;
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ControlOptions,
  routes: Record<string, Route>,
): Promise<void> {
  const answer = await answerControl(incoming, options, routes).catch((error: unknown) =>
    describeFailure(error),
  );
  outgoing.writeHead(answer.status, { "content-type": answer.type ?? "text/plain;charset=UTF-8" });
  outgoing.end(answer.body);
}

async function answerControl(
  incoming: IncomingMessage,
  options: ControlOptions,
  routes: Record<string, Route>,
): Promise<Answer> {
  if (isFromBrowser(incoming)) return { status: 403, body: "Not for browsers\n" };
  const path = incoming.url ?? "/";
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, body: "Not Found\n" };
  const method = Object.hasOwn(READ, path) ? "GET" : "POST";
  if (incoming.method !== method) return { status: 405, body: `Use ${method}\n` };
  return route(options, await readBody(incoming));
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

function json(status: number, document: object): Answer {
  return { status, body: `${JSON.stringify(document)}\n`, type: "application/json" };
}

function describeFailure(error: unknown): Answer {
  if (error instanceof CausewayError) {
    return json(409, { error: error.message, code: error.code, remedy: error.remedy });
  }
  return json(400, { error: error instanceof Error ? error.message : String(error) });
}
