// The shared cache in front of an upstream, asked through a build on every runtime.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../process/app-server.ts";
import {
  type CachedSite,
  type CountingOrigin,
  createCachedSite,
  startOrigin,
} from "../process/cached-site.ts";
import { ask, type Reply } from "../process/proxy/ask.ts";
import { type LaunchedSite, launch, RUNTIMES } from "./launch.ts";

let origin: CountingOrigin;
let site: CachedSite;

beforeAll(async () => {
  origin = await startOrigin();
  site = await createCachedSite(origin, {}, ["node", "bun", "deno", "workers"]);
}, 60_000);

afterAll(async () => {
  await origin.close();
  await site.remove();
});

describe.each(RUNTIMES)("the shared cache on %s", (runtime) => {
  let server: LaunchedSite;
  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(Number(server.origin.port), { path, headers });
  const statusOf = ({ headers }: Reply) => String(headers["cache-status"]);
  const fill = (path: string) =>
    until(async () => {
      const reply = await get(path);
      return statusOf(reply).includes("; hit") ? reply : undefined;
    }, `${path} is kept`);

  beforeAll(async () => {
    server = await launch(runtime, `${site.root}/dist`);
  }, 60_000);

  afterAll(() => server?.stop());

  it("says what it did, and answers from what is kept: the whole, a range, its head", async () => {
    const path = `/kept/${runtime}`;
    expect(statusOf(await get(path))).toBe("Causeway; fwd=uri-miss; stored");
    const kept = await fill(path);
    expect(statusOf(kept)).toMatch(/^Causeway; hit; ttl=\d+$/);
    expect(Number(kept.headers.age)).toBeLessThan(20);
    const range = await get(path, { range: "bytes=1-4" });
    expect([range.status, range.body.toString()]).toEqual([206, "kept"]);
    const head = await ask(Number(server.origin.port), { path, method: "HEAD" });
    expect(statusOf(head)).toContain("; hit");
    expect(origin.asked(`HEAD ${path}`)).toBe(0);
  });

  it("forgets what a function purges and what a POST changes", async () => {
    const path = `/changed/${runtime}`;
    const first = (await fill(path)).body.toString();
    const purge = {
      path: "/purge",
      method: "POST",
      body: JSON.stringify({ kind: "prefix", prefix: "/changed/" }),
    };
    expect((await ask(Number(server.origin.port), purge)).status).toBe(200);
    const second = (await fill(path)).body.toString();
    await ask(Number(server.origin.port), { path, method: "POST", body: "x" });
    const third = (await fill(path)).body.toString();
    expect(new Set([first, second, third]).size).toBe(3);
  });
});
