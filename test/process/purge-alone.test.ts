// Processes that serve a build without a master are purged too: each has a control socket of its own.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type LaunchedSite, launch } from "../runtimes/launch.ts";
import { startAppServer, until } from "./app-server.ts";
import {
  type CachedSite,
  Client,
  type CountingOrigin,
  createCachedSite,
  runCommand,
  startOrigin,
} from "./cached-site.ts";

let origin: CountingOrigin;
let site: CachedSite;

beforeAll(async () => {
  origin = await startOrigin();
  site = await createCachedSite(origin, {}, ["node", "bun", "deno"]);
}, 40_000);

afterAll(async () => {
  await origin.close();
  await site.remove();
});

/** Has a process keep a URL; resolves with what it answers from its cache. */
async function fill(client: Client, path: string): Promise<string> {
  return until(async () => {
    const { text, cacheStatus } = await client.get(path);
    return cacheStatus.includes("; hit") ? text : undefined;
  }, `${path} is kept`);
}

it("on Node, Bun and Deno, all at once", async () => {
  const launched: LaunchedSite[] = [];
  try {
    for (const runtime of ["node", "bun", "deno"] as const)
      launched.push(await launch(runtime, `${site.root}/dist`));
    const clients = launched.map(({ origin: { href } }) => new Client(href.replace(/\/$/, "")));
    for (const client of clients) await fill(client, "/page");
    const { output } = await runCommand("purge", "https://example.com/page", site.root, "--json");
    expect(JSON.parse(output)).toEqual({ event: "purged", removed: 3, processes: 3, late: 0 });
    const before = origin.asked("GET /page");
    for (const [index, client] of clients.entries()) {
      expect((await client.get("/page")).text).toBe(`/page ${before + index + 1}`);
      client.close();
    }
  } finally {
    for (const running of launched) await running.stop();
  }
  expect((await runCommand("purge", "--all", site.root)).output).toContain("no process serves this build");
}, 60_000);

it("under `causeway start` without workers, and what a killed process left is cleared away", async () => {
  const killed = await startAppServer(site, "--workers", "0");
  killed.child.kill("SIGKILL");
  await killed.exited;
  const server = await startAppServer(site, "--workers", "0");
  const client = new Client(server.origin);
  await fill(client, "/solo");
  const { text } = await client.send("POST", "/purge", '{"kind":"prefix","prefix":"/so"}');
  expect(JSON.parse(text)).toEqual({ removed: 1 });
  await fill(client, "/solo");
  expect(await runCommand("purge", "--tag", "solo", site.root)).toEqual({
    code: 0,
    output: "Removed 1 answer\n",
  });
  client.close();
  await server.stop();
}, 30_000);
