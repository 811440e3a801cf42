import { describe, expect, it } from "vitest";
import { startWorld, World } from "./fake-host.ts";

describe("starting", () => {
  it("starts all workers together and is done when all of them are ready", async () => {
    const world = new World({ workers: 3 });
    world.bootsAtOnce = false;
    let isDone = false;
    const started = world.supervisor.start(1).then(() => {
      isDone = true;
    });
    world.step();
    expect(world.workers).toHaveLength(3);
    for (const worker of world.workers.slice(0, 2)) worker.say({ kind: "ready" });
    world.step();
    await Promise.resolve();
    expect(isDone).toBe(false);
    world.worker(3).say({ kind: "ready" });
    world.step();
    await started;
    expect(world.serving()).toEqual(["1/1", "2/1", "3/1"]);
  });

  it("fails with a worker's own error if it cannot load the site, and ends the others", async () => {
    const world = new World({ workers: 2 });
    world.bootsAtOnce = false;
    const started = world.supervisor.start(1);
    world.step();
    world.worker(1).say({ kind: "boot-failed", message: "The site throws", remedy: "Correct it." });
    world.step();
    await expect(started).rejects.toMatchObject({
      code: "application-boot",
      message: "The site throws",
      remedy: "Correct it.",
    });
    expect(world.worker(2).killed).toBe(true);
    world.worker(1).exit(1);
    const ended = world.supervisor.stop();
    world.step();
    await ended;
    expect(world.workers).toHaveLength(2);
  });

  it("fails if a worker ends without a word, or is not ready in time", async () => {
    const silent = new World({ workers: 1, bootLimitMs: 1_000 });
    silent.bootsAtOnce = false;
    const slow = silent.supervisor.start(1);
    silent.pass(1_200, { silent: silent.workers });
    await expect(slow).rejects.toThrow("not ready in time");
    const dead = new World({ workers: 1 });
    dead.bootsAtOnce = false;
    const died = dead.supervisor.start(1);
    dead.step();
    dead.worker(1).exit(null, "SIGSEGV");
    dead.step();
    await expect(died).rejects.toThrow("signal SIGSEGV");
  });
});

describe("crashes", () => {
  it("starts a worker that died at once", () => {
    const world = startWorld(2);
    world.pass(20_000);
    world.worker(1).exit(null, "SIGKILL");
    world.step();
    expect(world.serving()).toEqual(["2/1", "3/1"]);
    expect(world.supervisor.counts.crashed).toBe(1);
  });

  it("waits longer each time one dies young, and not at all after a sound life", () => {
    const world = startWorld(1);
    const startsAfter = (ms: number) => {
      const before = world.workers.length;
      world.living()[0]?.exit(1);
      world.step();
      for (let waited = 0; waited <= ms; waited += 10) {
        if (world.workers.length > before) return waited;
        world.pass(10);
      }
      return Number.POSITIVE_INFINITY;
    };
    // Half of the jitter of 20 % is taken off: 100 ms become 90.
    expect([1, 2, 3, 4].map(() => startsAfter(2_000))).toEqual([0, 90, 180, 360]);
    world.pass(11_000);
    expect(startsAfter(2_000)).toBe(0);
  });

  it("never waits longer than half a minute", () => {
    const world = startWorld(1);
    for (let crash = 0; crash < 15; crash++) {
      world.living()[0]?.exit(1);
      world.pass(31_000, { silent: world.workers });
      if (world.living().length === 0) throw new Error("It did not come back");
    }
    expect(world.supervisor.counts.crashed).toBe(15);
  }, 30_000);
});

describe("reloading", () => {
  it("replaces one worker after the other, the new one ready before the old one leaves", async () => {
    const world = startWorld(2);
    world.bootsAtOnce = false;
    const reloaded = world.supervisor.reload(2);
    world.step();
    expect(world.workers.map(({ order }) => order.generation)).toEqual([1, 1, 2]);
    expect(world.workers.some(({ drained }) => drained !== undefined)).toBe(false);
    world.worker(3).say({ kind: "ready" });
    world.step();
    expect(world.worker(1).drained).toMatchObject({ closeIdle: false });
    expect(world.worker(2).drained).toBeUndefined();
    expect(world.serving()).toEqual(["2/1", "3/2"]);
    world.worker(4).say({ kind: "ready" });
    world.step();
    await reloaded;
    expect(world.serving()).toEqual(["3/2", "4/2"]);
  });

  it("keeps the old workers and reports if the new code cannot be loaded", async () => {
    const world = startWorld(2);
    world.bootsAtOnce = false;
    const reloaded = world.supervisor.reload(2);
    world.step();
    world.worker(3).say({ kind: "boot-failed", message: "It throws" });
    world.worker(3).exit(1);
    world.step();
    await expect(reloaded).rejects.toThrow("It throws");
    world.pass(5_000);
    expect(world.serving()).toEqual(["1/1", "2/1"]);
    expect(world.workers).toHaveLength(3);
    expect(world.discarded).toEqual([2]);
    expect(world.supervisor.counts).toMatchObject({ failedReloads: 1, crashed: 0 });
  });

  it("starts a worker that dies after a failed reload from the old code", async () => {
    const world = startWorld(1);
    world.bootsAtOnce = false;
    const reloaded = world.supervisor.reload(2);
    world.step();
    world.worker(2).exit(1);
    world.step();
    await expect(reloaded).rejects.toThrow();
    world.bootsAtOnce = true;
    world.worker(1).exit(1);
    world.step();
    expect(world.serving()).toEqual(["3/1"]);
  });

  it("gives up an old build only when its last worker is gone", () => {
    const world = startWorld(1);
    void world.supervisor.reload(2);
    world.step();
    expect(world.discarded).toEqual([]);
    world.worker(1).exit();
    world.step();
    expect(world.discarded).toEqual([1]);
  });
});

describe("limits", () => {
  it("replaces a worker that has served its requests, after a replacement is ready", () => {
    const world = startWorld(1, { maxRequests: 1_000 });
    world.bootsAtOnce = false;
    // Half of the jitter of 10 % is taken off: this worker's own limit is 950.
    world.worker(1).report({ requests: 949 });
    world.step();
    expect(world.workers).toHaveLength(1);
    world.worker(1).report({ requests: 950 });
    world.step();
    expect(world.workers).toHaveLength(2);
    expect(world.worker(1).drained).toBeUndefined();
    world.worker(2).say({ kind: "ready" });
    world.step();
    expect(world.worker(1).drained).toBeDefined();
    expect(world.supervisor.counts.recycled).toBe(1);
  });

  it("replaces a worker for its age and for its memory", () => {
    const old = startWorld(1, { maxLifetimeMs: 60_000 });
    old.pass(58_000);
    expect(old.supervisor.rows()[0]?.leaving ?? old.serving()).toEqual("max-lifetime");
    const big = startWorld(1, { maxRssBytes: 100_000_000 });
    big.worker(1).report({ rssBytes: 100_000_001 });
    big.step();
    expect(big.supervisor.rows().find(({ id }) => id === 1)?.leaving).toBe("max-rss");
    expect(big.serving()).toEqual(["2/1"]);
  });

  it("lets a worker go that has passed its memory limit before its replacement is ready, if others serve", () => {
    const world = startWorld(2, { maxRssBytes: 100_000_000 });
    world.bootsAtOnce = false;
    for (const worker of [1, 2]) world.worker(worker).report({ rssBytes: 100_000_001 });
    world.step();
    expect(world.worker(1).drained).toBeDefined();
    expect(world.serving(), "somebody must").toEqual(["2/1"]);
    for (const worker of [3, 4]) world.worker(worker).say({ kind: "ready" });
    world.step();
    expect(world.serving()).toEqual(["3/1", "4/1"]);
  });

  it("starts a replacement so that it is ready when the limit would be passed", () => {
    const world = new World({ workers: 1, maxRssBytes: 100_000_000 });
    world.bootsAtOnce = false;
    void world.supervisor.start(1);
    world.step();
    world.now += 1_000;
    world.worker(1).say({ kind: "ready" });
    const started = () => world.workers.length;
    // 5 MB a second: two starts of a second and what reports are late make 12.5 MB; the limit drawn is 95 MB.
    for (let bytes = 60_000_000; bytes < 81_000_000; bytes += 500_000) {
      world.worker(1).report({ rssBytes: bytes });
      world.pass(100);
    }
    expect(started()).toBe(1);
    for (let bytes = 81_000_000; bytes < 90_000_000; bytes += 500_000) {
      world.worker(1).report({ rssBytes: bytes });
      world.pass(100);
    }
    expect(started()).toBe(2);
    expect(world.serving()).toEqual(["1/1"]);
  });

  it("kills a worker that leaps over the memory ceiling, though it says nothing", () => {
    const world = startWorld(2, { killRssBytes: 100_000_000 });
    world.worker(1).residentBytes = 100_000_001;
    world.worker(2).residentBytes = 100_000_000;
    world.pass(100, { silent: world.workers });
    expect([world.worker(1).killed, world.worker(2).killed]).toEqual([true, false]);
    expect(world.serving()).toEqual(["2/1", "3/1"]);
    expect(world.supervisor.counts).toMatchObject({ killed: 1, crashed: 1 });
  });

  it("goes by what a worker reports where the system does not tell its memory", () => {
    const world = startWorld(1, { killRssBytes: 100_000_000 });
    world.worker(1).report({ rssBytes: 100_000_001 });
    world.step();
    expect(world.worker(1).killed).toBe(true);
  });

  it("replaces a worker that keeps a processor busy for a whole window, in order", () => {
    const world = startWorld(1, { maxCpuShare: 0.9, cpuWindowMs: 10_000 });
    const worker = world.worker(1);
    let cpuMs = 0;
    const burn = (ms: number, share: number) => {
      for (let passed = 0; passed < ms; passed += 500) {
        cpuMs += 500 * share;
        worker.report({ cpuMs });
        world.pass(500);
      }
    };
    burn(30_000, 0.85);
    burn(3_000, 1);
    expect(worker.drained, "a mean below the limit, or less than a window").toBeUndefined();
    // A moment of rest begins nothing anew.
    burn(500, 0);
    burn(8_000, 1);
    expect(worker).toMatchObject({ killed: false, drained: { closeIdle: false } });
    expect(world.serving()).toEqual(["2/1"]);
    expect(world.supervisor.counts.recycled).toBe(1);
  });

  it("kills a worker that is silent for longer than any request may take", () => {
    const world = startWorld(1, { deadlineMs: 2_000 });
    world.pass(3_700, { silent: world.workers });
    expect(world.worker(1).killed).toBe(false);
    world.pass(300, { silent: [world.worker(1)] });
    expect(world.worker(1).killed).toBe(true);
    expect(world.serving()).toEqual(["2/1"]);
  });

  it("kills a worker whose watchdog says that it hangs", () => {
    const world = startWorld(2);
    world.worker(1).say({ kind: "hung" });
    world.step();
    expect(world.worker(1).killed).toBe(true);
    expect(world.serving()).toEqual(["2/1", "3/1"]);
    expect(world.supervisor.counts.killed).toBe(1);
  });

  it("kills a worker that does not end within its time to drain", () => {
    const world = startWorld(1, { drainLimitMs: 3_000 });
    void world.supervisor.reload(2);
    world.step();
    world.pass(3_900);
    expect(world.worker(1).killed).toBe(false);
    world.pass(300);
    expect(world.worker(1).killed).toBe(true);
    expect(world.supervisor.counts.crashed).toBe(0);
  });
});

describe("scaling", () => {
  it("adds workers together and lets the oldest ones go", () => {
    const world = startWorld(1);
    world.supervisor.scale(4);
    world.step();
    expect(world.serving()).toHaveLength(4);
    world.supervisor.scale(1);
    world.step();
    expect(world.serving()).toEqual(["4/1"]);
    expect(world.worker(1).drained).toMatchObject({ closeIdle: false });
  });

  it("follows the load between its bounds: up after a second, down after a quarter of a minute", () => {
    const world = startWorld(3, { minWorkers: 1 });
    expect(world.serving()).toHaveLength(1);
    world.worker(1).report({ busy: 0.9 });
    world.pass(1_200);
    expect(world.serving()).toHaveLength(2);
    for (const worker of world.living()) worker.report({ busy: 0.1 });
    world.pass(14_000);
    expect(world.serving()).toHaveLength(2);
    world.pass(1_500);
    expect(world.serving()).toHaveLength(1);
  });

  it("takes refused requests for overload, however idle the workers look", () => {
    const world = startWorld(2, { minWorkers: 1 });
    for (let refused = 1; refused < 14; refused++) {
      world.worker(1).report({ refused });
      world.pass(100);
    }
    expect(world.serving()).toHaveLength(2);
  });
});

describe("stopping", () => {
  it("lets workers end in order and closes their idle connections", async () => {
    const world = startWorld(2);
    const ended = world.supervisor.stop();
    world.step();
    expect(world.workers.map(({ drained }) => drained?.closeIdle)).toEqual([true, true]);
    for (const worker of world.living()) worker.exit();
    world.step();
    await ended;
    expect(world.supervisor.rows()).toEqual([]);
    expect(world.workers).toHaveLength(2);
  });

  it("ends everything at once when it is forced", async () => {
    const world = startWorld(2);
    const ended = world.supervisor.stop();
    world.step();
    world.supervisor.kill();
    world.step();
    await ended;
    expect(world.workers.every(({ killed }) => killed)).toBe(true);
  });

  it("replaces a worker that leaves because somebody sent it a signal", () => {
    const world = startWorld(2);
    world.worker(1).say({ kind: "leaving" });
    world.step();
    expect(world.serving()).toEqual(["2/1", "3/1"]);
    world.worker(1).exit();
    world.step();
    expect(world.supervisor.counts.crashed).toBe(0);
  });
});

describe("totals", () => {
  it("remember what workers did that are gone", () => {
    const world = startWorld(1);
    world.worker(1).report({ requests: 5, failed: 1, latency: [1, 2] });
    world.worker(1).exit(1);
    world.step();
    world.worker(2).report({ requests: 7 });
    world.worker(2).exit(1);
    world.step();
    expect(world.supervisor.past).toMatchObject({ requests: 12, failed: 1, latency: [1, 2] });
  });
});

describe("a pool that may be idle", () => {
  it("has no workers until somebody waits, and none again after a quiet time", async () => {
    const world = new World({ workers: 2, idleMs: 5_000 });
    const started = world.supervisor.start(1);
    world.step();
    await started;
    world.pass(1_000);
    expect(world.workers).toEqual([]);
    expect(world.supervisor.isAsleep).toBe(true);
    world.waiting = 1;
    world.step();
    expect(world.serving()).toEqual(["1/1", "2/1"]);
    world.waiting = 0;
    world.pass(4_000);
    world.worker(1).report({ requests: 1 });
    world.pass(4_000);
    expect(world.serving()).toHaveLength(2);
    world.pass(2_000);
    expect(world.worker(1).drained).toMatchObject({ closeIdle: false });
    expect(world.serving()).toEqual([]);
  });

  it("stays awake while a request is open, and where it has times to meet", () => {
    const world = new World({ workers: 1, idleMs: 1_000 });
    world.supervisor.start(1);
    world.waiting = 1;
    world.step();
    world.waiting = 0;
    world.worker(1).report({ inFlight: 1 });
    world.pass(5_000);
    expect(world.serving()).toEqual(["1/1"]);
    world.supervisor.stayAwake(true);
    world.worker(1).report({ requests: 1 });
    world.pass(5_000);
    expect(world.serving()).toEqual(["1/1"]);
  });
});

describe("a supervisor that keeps trying", () => {
  it("tells of the first failure once, waits longer each time, and recovers", async () => {
    const world = new World({ workers: 1, keepTrying: true });
    world.bootsAtOnce = false;
    const started = world.supervisor.start(1);
    world.step();
    const fail = (id: number) => {
      world.worker(id).say({ kind: "boot-failed", message: "it throws" });
      world.worker(id).exit(1);
      world.step();
    };
    fail(1);
    await expect(started).rejects.toThrow("it throws");
    expect(world.supervisor.failure).toBe("it throws");
    expect(world.supervisor.retryInMs).toBeGreaterThan(500);
    world.pass(1_000);
    fail(2);
    world.pass(1_000);
    expect(world.workers).toHaveLength(2);
    world.pass(1_000);
    expect(world.workers).toHaveLength(3);
    expect(world.warnings).toEqual(["A worker could not be started"]);
    world.worker(3).say({ kind: "ready" });
    world.step();
    expect(world.supervisor.failure).toBeUndefined();
    expect(world.serving()).toEqual(["3/1"]);
  });

  it("starts at once with a new release, and tells whoever asked for it", async () => {
    const world = new World({ workers: 1, keepTrying: true });
    world.bootsAtOnce = false;
    world.supervisor.start(1).catch(() => {});
    world.step();
    world.worker(1).say({ kind: "boot-failed", message: "it throws" });
    world.worker(1).exit(1);
    world.step();
    const reloaded = world.supervisor.reload(2);
    world.step();
    world.worker(2).say({ kind: "ready" });
    world.step();
    await reloaded;
    expect(world.serving()).toEqual(["2/2"]);
  });
});

describe("a machine with little room", () => {
  it("loads no further worker until there is some", () => {
    const world = new World({ workers: 2 });
    world.mayBoot = false;
    world.supervisor.start(1);
    world.pass(1_000);
    expect(world.workers).toEqual([]);
    world.mayBoot = true;
    world.pass(100);
    expect(world.serving()).toHaveLength(2);
  });
});
