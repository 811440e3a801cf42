// Limits of a site that several workers serve: they hold for the site, whichever worker a connection came to.

import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { get as httpGet } from "node:http";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AppServer, createSite, startAppServer, type TestSite, until } from "./app-server.ts";
import { send } from "./load.ts";

const BIN = resolve(import.meta.dirname, "../../lib/cli/bin.js");
/** A machine with other things to do takes its time to start processes. */
const PATIENCE_MS = 40_000;

let site: TestSite;
const servers: AppServer[] = [];

const CONFIG = `export default {
  auth: { basic: { users: { ann: { env: "ANN_PASSWORD" } } } },
  routes: [
    { path: "/info", auth: false, limit: { rate: "1/h", burst: 9, key: "all" }, function: true },
    { path: "/events", auth: false, limit: { connections: 2, key: "all" }, function: true },
  ],
};
`;

async function start(...args: string[]): Promise<AppServer> {
  const control = join(site.root, `control-${servers.length}.sock`);
  const server = await startAppServer(site, ...args, "--no-watch", "--control", control);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  site = await createSite();
  await writeFile(join(site.root, "causeway.config.ts"), CONFIG);
  await site.build();
}, 30_000);

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
}, 20_000);

afterAll(() => site.remove());

const password = ["--binding", "ANN_PASSWORD=secret"];

/** Opens an event stream and keeps it. */
function open(origin: string): Promise<{ status: number; close(): void }> {
  return new Promise((resolve, reject) => {
    const request = httpGet(new URL("/events", origin), { agent: false }, (response) => {
      response.resume().on("error", () => {});
      resolve({ status: response.statusCode ?? 0, close: () => request.destroy() });
    });
    request.on("error", reject);
  });
}

describe("limits over workers", () => {
  it("let exactly so many pass as the site may, on however many workers", async () => {
    const server = await start("--workers", "2", ...password);
    const answers: Awaited<ReturnType<typeof send>>[] = [];
    // The kernel chooses which worker takes a connection: ask until each has been asked.
    await until(
      async () => {
        const ask = () => send(server.origin, { method: "GET", path: "/info" });
        answers.push(...(await Promise.all(Array.from({ length: 60 }, ask))));
        const { workers } = await server.status();
        return workers.every(({ requests }) => requests > 0) || undefined;
      },
      "both workers were asked",
      PATIENCE_MS,
    );
    const passed = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect([passed.length, refused.length]).toEqual([10, answers.length - 10]);
    // A reload is no fresh start.
    expect((await server.command("reload")).code).toBe(0);
    expect((await send(server.origin, { method: "GET", path: "/info" })).status).toBe(429);
  }, 60_000);

  it("count what is open, and forget what died with its worker", async () => {
    const server = await start("--workers", "2", ...password);
    const held = [await open(server.origin), await open(server.origin)];
    expect(held.map(({ status }) => status)).toEqual([200, 200]);
    expect((await open(server.origin)).status).toBe(429);
    held[0]?.close();
    const again = await until(
      async () => {
        const one = await open(server.origin);
        return one.status === 200 ? one : undefined;
      },
      "the place of one who left is free",
      PATIENCE_MS,
    );
    expect((await open(server.origin)).status).toBe(429);
    for (const { pid } of (await server.status()).workers) process.kill(pid, "SIGKILL");
    const after = await until(
      async () => {
        const one = await open(server.origin).catch(() => undefined);
        return one?.status === 200 ? one : undefined;
      },
      "the places of dead workers are free",
      PATIENCE_MS,
    );
    for (const { close } of [held[1], again, after].filter((one) => one !== undefined)) close();
  }, 120_000);

  it("stand before functions that run elsewhere, too", async () => {
    const server = await start("--workers", "1", "--isolate", "1", ...password);
    const authorization = `Basic ${btoa("ann:secret")}`;
    const ask = async (headers: Record<string, string> = {}) =>
      (await fetch(`${server.origin}/slow/1`, { headers })).status;
    expect([await ask(), await ask({ authorization })]).toEqual([401, 200]);
    const statuses = await Promise.all(
      Array.from(
        { length: 20 },
        async () => (await send(server.origin, { method: "GET", path: "/info" })).status,
      ),
    );
    expect(statuses.filter((status) => status === 200).length).toBe(10);
  }, 60_000);
});

describe("a variable that is not set", () => {
  it.each([[[]], [["--workers", "1"]]])(
    "stops the start by its name: %j",
    async (args) => {
      const { ANN_PASSWORD: _password, ...env } = process.env;
      const child = spawn(process.execPath, [BIN, "start", site.root, "--port", "0", ...args], { env });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
      const code = await new Promise((done) => child.once("close", done));
      expect(output).toContain('Cannot guard the site: the variable "ANN_PASSWORD" is not set');
      expect(code).toBe(1);
    },
    60_000,
  );
});
