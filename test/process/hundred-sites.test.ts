// A hundred sites in one directory, one of them broken and one crashing: the other 98 answer.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type AppServer, isAlive, startAppServer } from "./app-server.ts";
import { ask, createSites, type SitesDirectory, who } from "./sites.ts";

/** Each site loads in a fifth of a processor's second, and a test machine has others to care for. */
const LIMIT_MS = 240_000;
const NAMES = Array.from({ length: 98 }, (_, number) => `site-${number}.test`);

let sites: SitesDirectory;
let server: AppServer;

beforeAll(async () => {
  sites = await createSites();
  for (const name of NAMES) await sites.link(name);
  await sites.copy("broken.test", `throw new Error("broken at boot");`);
  await sites.copy("crash.test", "setTimeout(() => process.exit(9), 50);");
  server = await startAppServer(sites);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await sites.remove();
}, 60_000);

it(
  "answers for 98 of 100 sites, each from a process of its own",
  async () => {
    const startedAt = performance.now();
    const answers = await Promise.all(NAMES.map((name) => who(server.origin, name, { timeoutMs: LIMIT_MS })));
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stdout.write(`\n98 sites have loaded and answered after ${seconds} s\n`);
    expect(answers.map(({ host }) => host)).toEqual(NAMES);
    const pids = answers.map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(98);
    const others = await Promise.all(["broken.test", "crash.test"].map((name) => ask(server.origin, name)));
    expect(others[0]?.status).toBe(503);
    expect([200, 502, 503]).toContain(others[1]?.status);
    const again = await Promise.all(NAMES.map((name) => who(server.origin, name)));
    expect(again.map(({ pid }) => pid)).toEqual(pids);
    expect(await server.command("stop")).toMatchObject({ code: 0 });
    expect(pids.filter(isAlive)).toEqual([]);
  },
  LIMIT_MS,
);
