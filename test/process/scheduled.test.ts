// Scheduled handlers run once for each time, not once for each worker.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AppServer, createSite, startAppServer, type TestSite, until } from "./app-server.ts";

let site: TestSite;
let server: AppServer;

beforeAll(async () => {
  site = await createSite("worker-site");
  server = await startAppServer(site, "--workers", "3", "--binding", `OUT=${join(site.root, "out.txt")}`);
});

afterAll(async () => {
  await server.stop();
  await site.remove();
});

it("runs a scheduled handler once for each time, though there are three workers", async () => {
  const runs = await until(async () => {
    const text = await readFile(join(site.root, "out.txt"), "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.length >= 3 ? lines.map((line) => JSON.parse(line)) : undefined;
  }, "it ran three times");
  const times = runs.map(({ scheduledTime }) => Math.round(scheduledTime / 1_000));
  expect(new Set(times).size).toBe(times.length);
  expect(runs[0]).toMatchObject({ cron: "* * * * * *" });
});
