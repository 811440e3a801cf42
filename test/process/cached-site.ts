// A site that caches: an origin in this process that counts, a build with routes to it, and clients on connections of
// their own, so that every worker gets to answer.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Target } from "../../src/build/target.ts";
import type { CacheConfig } from "../../src/config/causeway-config.ts";
import { buildSite } from "../conformance/build-site.ts";

const BIN = resolve(import.meta.dirname, "../../lib/cli/bin.js");

/** An application that numbers its answers. */
export interface CountingOrigin {
  port: number;
  /** Requests by method and path. */
  asked(target: string): number;
  /** Called for each request in place of the usual answer, where it is set. */
  answer: ((incoming: IncomingMessage, outgoing: ServerResponse, count: number) => void) | undefined;
  close(): Promise<void>;
}

export async function startOrigin(): Promise<CountingOrigin> {
  const counts = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const target = `${incoming.method} ${incoming.url}`;
    const count = (counts.get(target) ?? 0) + 1;
    counts.set(target, count);
    if (origin.answer !== undefined) return origin.answer(incoming, outgoing, count);
    const tag = (incoming.url ?? "").split("/")[1] ?? "";
    outgoing.writeHead(200, { "cache-control": "max-age=600", "cache-tag": tag });
    outgoing.end(`${incoming.url} ${count}`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin: CountingOrigin = {
    port: (server.address() as AddressInfo).port,
    asked: (target) => counts.get(target) ?? 0,
    answer: undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return origin;
}

export interface CachedSite {
  root: string;
  remove(): Promise<void>;
}

/** Builds a site whose paths all lead to the origin, but for /pid (which process answers) and /purge (POST). */
export async function createCachedSite(
  { port }: CountingOrigin,
  cache: CacheConfig = {},
  targets: readonly Target[] = ["node"],
): Promise<CachedSite> {
  const root = await mkdtemp(join(tmpdir(), "causeway-cached-"));
  for (const directory of ["functions", "public"]) await mkdir(join(root, directory));
  const files = {
    "package.json": '{ "name": "cached-site", "type": "module" }',
    "causeway.config.ts": `export default {
  upstreams: { app: ["http://127.0.0.1:${port}"] },
  routes: [
    { path: "/pid", function: true, cache: false },
    { path: "/purge", function: true, cache: false },
    { path: "/*", upstream: "app" },
  ],
  cache: ${JSON.stringify(cache)},
};\n`,
    "wrangler.jsonc":
      '{ "name": "cached-site", "pages_build_output_dir": "public", "compatibility_date": "2026-01-01", "compatibility_flags": ["nodejs_compat"] }',
    "functions/pid.ts": `import process from "node:process";\nexport const onRequestGet = () => new Response(String(process.pid));\n`,
    "functions/purge.ts": `import { purgeCache } from ${JSON.stringify(resolve(import.meta.dirname, "../../src/index.ts"))};
export const onRequestPost = async ({ request }) => Response.json({ removed: await purgeCache(await request.json()) });\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  await buildSite(root, join(root, "dist"), targets);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** An answer as far as these tests look at it. */
export interface Got {
  status: number;
  text: string;
  cacheStatus: string;
}

/** One connection that is kept, and so one process that answers. */
export class Client {
  readonly #origin: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(origin: string) {
    this.#origin = origin;
  }

  get(path: string): Promise<Got> {
    return this.send("GET", path);
  }

  send(method: string, path: string, body?: string): Promise<Got> {
    return new Promise((done, fail) => {
      const headers = { host: "example.com" };
      const outgoing = request(
        `${this.#origin}${path}`,
        { method, agent: this.#agent, headers },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8").on("data", (chunk) => (text += chunk));
          incoming.on("error", fail);
          incoming.on("end", () =>
            done({
              status: incoming.statusCode ?? 0,
              text,
              cacheStatus: String(incoming.headers["cache-status"] ?? ""),
            }),
          );
        },
      );
      outgoing.setTimeout(20_000, () => outgoing.destroy(new Error("No answer in 20 seconds")));
      outgoing.on("error", fail);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Opens connections until each of `processes` answers one; gives one client for each of them. */
export async function connectToEach(origin: string, processes: number): Promise<Client[]> {
  const clients = new Map<string, Client>();
  const surplus: Client[] = [];
  for (let attempt = 0; attempt < 60 && clients.size < processes; attempt += 1) {
    const client = new Client(origin);
    const { status, text } = await client.get("/pid");
    if (status !== 200) throw new Error(`/pid answers ${status}: ${text}`);
    if (clients.has(text)) surplus.push(client);
    else clients.set(text, client);
  }
  for (const client of surplus) client.close();
  if (clients.size < processes) throw new Error(`Only ${clients.size} processes answer`);
  return [...clients.values()];
}

/** Runs a command of the command line to its end. */
export function runCommand(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [BIN, ...args], (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}
