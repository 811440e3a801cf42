// Functions in processes of their own: the same answers, and static files that no function can disturb.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../conformance/build-site.ts";
import { checkAnswer, type Exchange, perform, type Scenario } from "../conformance/exchange.ts";
import { exchanges as functionExchanges } from "../sites/functions/exchanges.ts";
import { scenarios } from "../sites/functions/scenarios.ts";
import { exchanges as workerExchanges } from "../sites/worker/exchanges.ts";
import { type AppServer, createSite, startAppServer, type TestSite, until } from "./app-server.ts";
import { percentile, send, startLoad, stopLoads } from "./load.ts";
import { ask } from "./proxy/ask.ts";

const SITES: { name: string; exchanges: Exchange[]; scenarios: Scenario[] }[] = [
  { name: "functions", exchanges: functionExchanges, scenarios },
  { name: "worker", exchanges: workerExchanges, scenarios: [] },
];
/** `--sites`: behind the front of many sites, as the one that answers for every host. */
const SHAPES = [["--workers", "1"], ["--workers", "1", "--isolate", "1"], ["--sites"]];

describe.each(SITES)("the conformance site $name", ({ name, exchanges, scenarios: all }) => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "causeway-isolate-"));
    await buildSite(join(import.meta.dirname, "../sites", name), join(root, "dist"), ["node"]);
    await writeFile(join(root, "dist.json"), `{ "default": true, "hosts": "127.0.0.1" }`);
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each(SHAPES.map((options) => ({ options })))(
    "is answered alike with $options",
    async ({ options }) => {
      const server = await startAppServer({ root }, ...options);
      try {
        const origin = new URL(server.origin);
        const problems: string[] = [];
        for (const exchange of exchanges) {
          const found = checkAnswer(await perform(origin, exchange), exchange.expect);
          problems.push(...found.map((problem) => `${exchange.name}: ${problem}`));
        }
        expect(problems).toEqual([]);
        for (const scenario of all)
          expect(await scenario.run(origin), scenario.name).toEqual(scenario.expect);
      } finally {
        await server.stop();
      }
    },
    90_000,
  );
});

describe("isolated functions", () => {
  let site: TestSite;
  let server: AppServer;

  beforeAll(async () => {
    site = await createSite();
    server = await startAppServer(
      site,
      "--workers",
      "1",
      "--isolate",
      "2",
      "--harakiri",
      "1s",
      "--stream-grace",
      "300ms",
    );
  });

  afterEach(stopLoads);

  afterAll(async () => {
    await server.stop();
    await site.remove();
  });

  it("are told who asks, also by a client that would have it taken off", async () => {
    const port = Number(new URL(server.origin).port);
    for (const connection of ["close", "cf-connecting-ip, close"]) {
      const { body } = await ask(port, { path: "/client", headers: { connection } });
      expect(body.toString()).toBe("127.0.0.1");
    }
  });

  it("that hang are answered 502 and never touch a static file, not even with one edge", {
    retry: 2,
  }, async () => {
    const load = startLoad(server.origin, { clients: 4, pauseMs: 2, shots: [{ method: "GET", path: "/" }] });
    await until(() => load.result.answered > 300 || undefined, "the load runs");
    const calm = load.result.durationsMs.length;
    expect(await send(server.origin, { method: "GET", path: "/spin" })).toMatchObject({ status: 502 });
    const { failures, durationsMs } = await load.stop();
    expect(failures).toEqual([]);
    const [before, during] = [durationsMs.slice(0, calm), durationsMs.slice(calm)].map((all) =>
      percentile(all, 0.99),
    );
    process.stdout.write(
      `\nisolated: p99 of a static file ${before?.toFixed(1)} ms, with a hang ${during?.toFixed(1)} ms\n`,
    );
    // A request that was given to a process that hangs would take a quarter of a second and more.
    expect(during).toBeLessThan(3 * (before ?? 0) + 50);
  });

  it("that are killed fail only what they had, and are back", async () => {
    const functions = async () =>
      (await server.status()).workers.filter(({ role, state }) => role === "functions" && state === "ready");
    const [victim] = await until(async () => {
      const ready = await functions();
      return ready.length === 2 ? ready : undefined;
    }, "both are ready");
    const load = startLoad(server.origin, { clients: 6, pauseMs: 2, allowed: [200, 502] });
    process.kill(victim?.pid ?? 0, "SIGKILL");
    await until(
      async () => (await functions()).every(({ pid }) => pid !== victim?.pid) || undefined,
      "it is replaced",
    );
    await until(() => load.result.answered > 300 || undefined, "the load goes on");
    const { failures, statuses } = await load.stop();
    expect(failures).toEqual([]);
    expect(statuses.get(502) ?? 0).toBeLessThanOrEqual(6);
  });

  it("are reloaded without losing a request", async () => {
    const load = startLoad(server.origin, { clients: 6, pauseMs: 2 });
    for (let reload = 0; reload < 5; reload++) await server.reload();
    expect((await load.stop()).failures).toEqual([]);
  });

  it("cannot be told by a client who it is", async () => {
    const response = await fetch(`${server.origin}/info`, { headers: { "x-causeway-request-id": "forged" } });
    expect(response.status).toBe(200);
    const failed = await fetch(`${server.origin}/leak`, {
      method: "GET",
      headers: { "x-causeway-request-id": "forged" },
    });
    expect(failed.headers.get("x-request-id")).not.toBe("forged");
  });
});
