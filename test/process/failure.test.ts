// What becomes of workers that die, hang, grow or are overrun, and of everybody else meanwhile.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppServer, createSite, isAlive, startAppServer, type TestSite, until } from "./app-server.ts";
import { percentile, send, startLoad } from "./load.ts";

let site: TestSite;
const servers: AppServer[] = [];

async function start(...args: string[]): Promise<AppServer> {
  // Each has a socket of its own: a test that failed may have left a server behind.
  const control = join(site.root, `control-${servers.length}.sock`);
  const server = await startAppServer(site, ...args, "--no-watch", "--control", control);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  site = await createSite();
}, 30_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await site.remove();
});

const get = (server: AppServer, path: string) => send(server.origin, { method: "GET", path });

async function pids(server: AppServer): Promise<number[]> {
  return (await server.status()).workers.filter(({ state }) => state === "ready").map(({ pid }) => pid);
}

describe("kill -9", () => {
  it("of a worker fails only what that worker had, and it is back within a second", async () => {
    const server = await start("--workers", "2");
    const load = startLoad(server.origin, { clients: 8, pauseMs: 1 });
    await until(() => load.result.answered > 200 || undefined, "the load runs");
    const [victim = 0] = await pids(server);
    const killedAt = performance.now();
    process.kill(victim, "SIGKILL");
    await until(async () => {
      const now = await pids(server);
      return (now.length === 2 && !now.includes(victim)) || undefined;
    }, "two workers serve again");
    // The look itself starts a command, which takes its time.
    expect(performance.now() - killedAt).toBeLessThan(1_500);
    await until(() => load.result.answered > 1_000 || undefined, "the load goes on");
    const { failures } = await load.stop();
    // Eight clients with one request each: no more than those can have been on the worker.
    expect(failures.length).toBeLessThanOrEqual(8);
    expect(failures.filter((failure) => /ECONNREFUSED/.test(failure))).toEqual([]);
    await server.stop();
  });

  it("of the only worker refuses no connection", async () => {
    const server = await start("--workers", "1");
    const [victim = 0] = await pids(server);
    process.kill(victim, "SIGKILL");
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(server, "/info")));
    expect(answers.map(({ status }) => status)).toEqual(new Array(10).fill(200));
    await server.stop();
  });

  it("of the master leaves no worker for longer than a second, not even one that hangs", async () => {
    const server = await start("--workers", "2");
    const workers = await pids(server);
    get(server, "/spin").catch(() => {});
    // One worker is deaf as soon as no answer comes from it any more.
    await until(async () => {
      const before = (await server.status()).workers.map(({ cpuMs }) => cpuMs);
      const after = (await server.status()).workers.map(({ cpuMs }) => cpuMs);
      return after.some((cpuMs, index) => cpuMs === before[index]) || undefined;
    }, "a worker has stopped reporting");
    server.child.kill("SIGKILL");
    await until(() => !workers.some(isAlive) || undefined, "all workers are gone", 1_000);
  });
});

describe("a function that hangs", () => {
  it("is killed with its worker within two seconds of its deadline, and its stack is logged", async () => {
    const server = await start("--workers", "2", "--harakiri", "1s");
    const load = startLoad(server.origin, { clients: 4, pauseMs: 2, shots: [{ method: "GET", path: "/" }] });
    await until(() => load.result.answered > 300 || undefined, "the load runs");
    const calm = load.result.durationsMs.length;
    const startedAt = performance.now();
    await expect(get(server, "/spin")).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await until(async () => (await pids(server)).length === 2 || undefined, "two workers serve again");
    const durations = [...load.result.durationsMs];
    const before = percentile(durations.slice(0, calm), 0.99);
    const during = percentile(durations.slice(calm), 0.99);
    process.stdout.write(
      `\np99 of a static file: ${before.toFixed(1)} ms, with a hang ${during.toFixed(1)} ms\n`,
    );
    const { failures } = await load.stop();
    // Connections that lived on the hanging worker broke with it; new ones never went there.
    expect(failures.length).toBeLessThanOrEqual(4);
    expect(server.output()).toContain("event loop is stuck");
    expect(server.output()).toContain("GET /spin");
    expect(server.output()).toMatch(/hangForever[^\n]*spin\.ts/);
  });

  it("that waits for ever is answered 504 while its worker goes on answering", async () => {
    const server = await start("--workers", "1", "--harakiri", "300ms", "--harakiri", "/slow/2*=5s");
    const late = get(server, "/slow/4000");
    expect(await get(server, "/info")).toMatchObject({ status: 200 });
    expect(await late).toMatchObject({ status: 504 });
    expect(await get(server, "/slow/2000"), "a path with a deadline of its own").toMatchObject({
      status: 200,
    });
    expect((await server.status()).totals).toMatchObject({ expired: 1 });
    await server.stop();
  });
});

describe("limits", () => {
  it("keep a worker that leaks under its ceiling without a failure", async () => {
    const ceiling = 250_000_000;
    const server = await start("--workers", "2", "--max-rss", String(ceiling));
    const load = startLoad(server.origin, {
      clients: 4,
      pauseMs: 4,
      shots: [{ method: "GET", path: "/leak" }],
    });
    let highest = 0;
    await until(async () => {
      const { workers, counts } = await server.status();
      highest = Math.max(highest, ...workers.map(({ rssBytes }) => rssBytes));
      return counts.recycled >= 4 || undefined;
    }, "several workers were replaced");
    const { failures, answered } = await load.stop();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(300);
    expect(highest).toBeLessThan(ceiling * 2);
    await server.stop();
  });

  it("on requests replace one worker after the other without a failure", async () => {
    const server = await start("--workers", "2", "--max-requests", "150");
    const load = startLoad(server.origin, { clients: 4, pauseMs: 1 });
    await until(
      async () => (await server.status()).counts.recycled >= 4 || undefined,
      "several workers were replaced",
    );
    expect((await load.stop()).failures).toEqual([]);
    await server.stop();
  });
});

describe("overload", () => {
  it("answers what it accepts as fast as ever and refuses the rest at once", async () => {
    const server = await start("--workers", "1", "--backlog", "5");
    const shots = [{ method: "GET", path: "/slow/100" }];
    const calm = startLoad(server.origin, { clients: 4, shots });
    await until(() => calm.result.answered >= 40 || undefined, "the calm load is measured");
    const unloaded = percentile((await calm.stop()).durationsMs, 0.99);
    const storm = startLoad(server.origin, { clients: 15, pauseMs: 10, shots, allowed: [200, 503] });
    await until(() => (storm.result.statuses.get(200) ?? 0) >= 60 || undefined, "the storm is measured");
    const result = await storm.stop();
    expect(result.failures).toEqual([]);
    expect(result.statuses.get(503)).toBeGreaterThan(60);
    expect(percentile(result.durationsMs, 0.99)).toBeLessThan(2 * unloaded);
    const [refusal] = await Promise.all([...Array.from({ length: 8 }, () => get(server, "/slow/200"))]).then(
      (answers) => answers.filter(({ status }) => status === 503),
    );
    expect(refusal?.headers["retry-after"]).toBe("1");
    await server.stop();
  });
});
