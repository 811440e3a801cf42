// Steady load that notices every answer which is wrong or missing: keep-alive and new connections, GET and POST.

import { Agent, request } from "node:http";

export interface LoadResult {
  answered: number;
  /** What went wrong, one line each. */
  failures: string[];
  /** Answers by status. */
  statuses: Map<number, number>;
  /** Of the accepted requests, in the order of their ends. */
  durationsMs: number[];
  /** Of those refused with 503. */
  refusalsMs: number[];
  pids: Set<number>;
}

export interface Load {
  result: LoadResult;
  /** Lets requests under way finish. */
  stop(): Promise<LoadResult>;
}

interface Shot {
  method: string;
  path: string;
  body?: string;
}

export interface LoadOptions {
  clients: number;
  /** Wait between two requests of a client. */
  pauseMs?: number;
  shots?: readonly Shot[];
  /** Keep every connection; half of the clients do anyway. */
  keepAlive?: boolean;
  /** Statuses that are no failure. */
  allowed?: readonly number[];
}

const SHOTS: readonly Shot[] = [
  { method: "GET", path: "/info" },
  { method: "POST", path: "/echo", body: "x".repeat(2_000) },
  { method: "GET", path: "/" },
];

const running = new Set<Load>();

/** Ends what a test that failed has left running. */
export async function stopLoads(): Promise<void> {
  await Promise.all([...running].map((load) => load.stop()));
}

/** Half of the clients, or all, keep their connection, the others open one for each request. */
export function startLoad(origin: string, options: LoadOptions): Load {
  const { clients, pauseMs = 0, shots = SHOTS, allowed = [200], keepAlive = false } = options;
  const result: LoadResult = {
    answered: 0,
    failures: [],
    statuses: new Map(),
    durationsMs: [],
    refusalsMs: [],
    pids: new Set(),
  };
  let isRunning = true;
  const client = async (number: number) => {
    const agent = keepAlive || number % 2 === 0 ? new Agent({ keepAlive: true, maxSockets: 1 }) : undefined;
    for (let count = number; isRunning; count++) {
      const shot = shots[count % shots.length] as Shot;
      await fire(origin, shot, agent, allowed, result);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    agent?.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const load: Load = {
    result,
    async stop() {
      isRunning = false;
      running.delete(load);
      await all;
      return result;
    },
  };
  running.add(load);
  return load;
}

async function fire(
  origin: string,
  shot: Shot,
  agent: Agent | undefined,
  allowed: readonly number[],
  result: LoadResult,
): Promise<void> {
  const startedAt = performance.now();
  try {
    const { status, text } = await send(origin, shot, agent);
    result.answered += 1;
    result.statuses.set(status, (result.statuses.get(status) ?? 0) + 1);
    if (!allowed.includes(status)) result.failures.push(`${shot.method} ${shot.path}: ${status}`);
    if (status === 503) result.refusalsMs.push(performance.now() - startedAt);
    if (status !== 200) return;
    result.durationsMs.push(performance.now() - startedAt);
    if (shot.body !== undefined && text !== shot.body) result.failures.push(`${shot.path}: another body`);
    if (shot.path === "/info") result.pids.add((JSON.parse(text) as { pid: number }).pid);
  } catch (error) {
    result.failures.push(`${shot.method} ${shot.path}: ${(error as Error).message}`);
  }
}

export function send(
  origin: string,
  { method, path, body }: Shot,
  agent?: Agent,
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${origin}${path}`,
      { method, agent: agent ?? false, timeout: 20_000 },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk) => (text += chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          if (incoming.complete)
            resolve({ status: incoming.statusCode ?? 0, text, headers: incoming.headers });
          else reject(new Error("The answer is incomplete"));
        });
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("No answer in 20 seconds")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** The duration that this share of them kept. */
export function percentile(durationsMs: readonly number[], share: number): number {
  const sorted = durationsMs.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
