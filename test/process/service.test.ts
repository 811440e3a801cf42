// The application server as an init system runs it: readiness, privileges, limits, probes.

import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type AppServer, createSite, startAppServerIn, type TestSite, until } from "./app-server.ts";
import { send } from "./load.ts";

let site: TestSite;
let servers: AppServer[] = [];

beforeAll(async () => {
  site = await createSite();
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

afterAll(() => site.remove());

async function start(env: Record<string, string>, ...args: string[]): Promise<AppServer> {
  const server = await startAppServerIn(env, site, "--workers", "1", "--no-watch", ...args);
  servers.push(server);
  return server;
}

it("tells systemd when it is ready, reloads and stops", async () => {
  const programs = join(site.root, "programs");
  const said = join(site.root, "said");
  await mkdir(programs);
  await writeFile(join(programs, "systemd-notify"), `#!/bin/sh\necho "$@" >> "${said}"\n`, { mode: 0o755 });
  const env = { NOTIFY_SOCKET: join(site.root, "notify"), PATH: programs + delimiter + process.env.PATH };
  const server = await start(env);
  const words = async () => (await readFile(said, "utf8").catch(() => "")).trim().split("\n");
  const pid = `--pid=${server.child.pid}`;
  await until(async () => (await words()).includes(`--ready ${pid}`) || undefined, "it is ready");
  server.child.kill("SIGHUP");
  await until(async () => (await words()).length === 3 || undefined, "it has reloaded");
  server.child.kill("SIGTERM");
  await server.exited;
  await until(async () => (await words()).length === 4 || undefined, "it has stopped");
  const states = (await words()).map((line) => line.split(" ")[0]);
  expect(states).toEqual(["--ready", "--reloading", "--ready", "--stopping"]);
});

it.skipIf(process.getuid?.() !== 0)("becomes another user before it starts a worker", async () => {
  // Temporary folders are their owner's.
  await chmod(site.root, 0o777);
  const control = join(site.root, "nobody.sock");
  const server = await start({}, "--user", "nobody", "--control", control);
  expect((await send(server.origin, { method: "GET", path: "/info" })).status).toBe(200);
  const nobody = execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }).trim();
  const { workers, pid } = await server.status();
  for (const process of [pid, ...workers.map((worker) => worker.pid)]) {
    expect(await readFile(`/proc/${process}/status`, "utf8")).toMatch(
      new RegExp(`^Uid:\\t${nobody}\\t${nobody}\\t${nobody}\\t${nobody}$`, "m"),
    );
  }
  expect(String((await stat(control)).uid)).toBe(nobody);
});

it("says so where too few files may be open for its backlog", async () => {
  const server = await start({}, "--backlog", "100000000");
  await until(() => /limit of open files is low.*ulimit/.test(server.output()) || undefined, "it is said");
});

it("answers probes and Prometheus on the control port, for readers only, and nowhere else", async () => {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = await start({}, "--control-port", String(port));
  const ask = (path: string, method = "GET") => send(`http://127.0.0.1:${port}`, { method, path });
  expect(await ask("/live")).toMatchObject({ status: 200, text: "alive\n" });
  expect(await ask("/ready")).toMatchObject({ status: 200, text: "ready\n" });
  for (let count = 0; count < 3; count++) await send(server.origin, { method: "GET", path: "/info" });
  const text = await until(async () => {
    const { text } = await ask("/metrics");
    return /^causeway_requests_total 3$/m.test(text) ? text : undefined;
  }, "three requests are counted");
  expect(text).toMatch(/^causeway_request_duration_seconds_count 3$/m);
  expect(text).toMatch(/^causeway_workers\{state="ready"\} 1$/m);
  expect((await ask("/reload", "POST")).status).toBe(404);
  expect((await send(server.origin, { method: "GET", path: "/metrics" })).text).not.toContain("causeway_");
});

it("says what becomes of work that waitUntil has and the drain does not wait for", async () => {
  const server = await start({}, "--drain", "200ms");
  const file = encodeURIComponent(join(site.root, "never.txt"));
  await send(server.origin, { method: "GET", path: `/later?ms=60000&file=${file}` });
  await server.reload();
  await until(
    () => /Work given to waitUntil was broken off.*"pending":1/.test(server.output()) || undefined,
    "it is said",
  );
});
