// Several nodes, told of each other's purges by a real Redis, which may go away and come back without its data.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PurgeSelection } from "../../src/contract/response-cache.ts";
import { joinPurgeExchange, type PurgeExchange } from "../../src/runtimes/server/purge-exchange.ts";
import { type AppServer, startAppServer, until } from "./app-server.ts";
import {
  type CachedSite,
  Client,
  type CountingOrigin,
  createCachedSite,
  runCommand,
  startOrigin,
} from "./cached-site.ts";
import { findFreePort, findProgram, type Peer, startPeer } from "./proxy/peers.ts";

const REDIS = findProgram("redis-server");
if (REDIS === undefined) console.warn("skipped: redis-server is not installed");

const LOG = { access() {}, error() {}, warn() {} };

let folder: string;
let port: number;
let redis: Peer;

const startRedis = () =>
  startPeer(
    REDIS as string,
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
    port,
  );

beforeAll(async () => {
  if (REDIS === undefined) return;
  folder = await mkdtemp(join(tmpdir(), "causeway-redis-"));
  port = await findFreePort();
  redis = await startRedis();
}, 20_000);

afterAll(async () => {
  await redis?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(REDIS === undefined)("nodes that share a Redis", () => {
  let origin: CountingOrigin;
  let sites: CachedSite[];
  let servers: AppServer[];
  let clients: Client[];

  beforeAll(async () => {
    origin = await startOrigin();
    const cache = { redis: `redis://127.0.0.1:${port}` };
    sites = await Promise.all([createCachedSite(origin, cache), createCachedSite(origin, cache)]);
    servers = [];
    // With workers on one and without on the other.
    servers.push(await startAppServer(sites[0] as CachedSite, "--workers", "2"));
    servers.push(await startAppServer(sites[1] as CachedSite, "--workers", "0"));
    clients = servers.map((server) => new Client(server.origin));
  }, 40_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    for (const server of servers) await server.stop();
    for (const site of sites) await site.remove();
    await origin.close();
  }, 20_000);

  /** Has both nodes keep a URL. */
  async function fill(path: string): Promise<void> {
    for (const client of clients) {
      await until(async () => isHit(await client.get(path)) || undefined, `${path} is kept`);
    }
  }
  const isHit = ({ cacheStatus }: { cacheStatus: string }) => cacheStatus.includes("; hit");
  const isGone = (client: Client | undefined, path: string) =>
    until(
      async () => !isHit((await client?.get(path)) ?? { cacheStatus: "" }) || undefined,
      `${path} is gone`,
    );

  it("purge on one what was purged on the other, both ways", async () => {
    await fill("/n/1");
    await runCommand("purge", "https://example.com/n/1", sites[0]?.root ?? "");
    await Promise.all(clients.map((client) => isGone(client, "/n/1")));
    await fill("/n/2");
    await runCommand("purge", "--tag", "n", sites[1]?.root ?? "");
    await Promise.all(clients.map((client) => isGone(client, "/n/2")));
  }, 30_000);

  it("hear what another program publishes", async () => {
    await fill("/p/1");
    const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
    expect(await client.publish("causeway:purge", '{"kind":"prefix","prefix":"/p/"}')).toBe(2);
    client.destroy();
    await Promise.all(clients.map((one) => isGone(one, "/p/1")));
  }, 30_000);

  it("go on without it, and drop everything when it comes back empty", async () => {
    await fill("/q/1");
    await redis.stop();
    const { output } = await runCommand("purge", "--tag", "other", sites[0]?.root ?? "");
    expect(output).toBe("Removed 0 answers\n");
    for (const client of clients) expect(isHit(await client.get("/q/1"))).toBe(true);
    redis = await startRedis();
    await Promise.all(clients.map((client) => isGone(client, "/q/1")));
    await fill("/q/2");
    await runCommand("purge", "--tag", "q", sites[0]?.root ?? "");
    await Promise.all(clients.map((client) => isGone(client, "/q/2")));
  }, 40_000);
});

describe.skipIf(REDIS === undefined)("a node that was away", () => {
  const publish = async (...selections: PurgeSelection[]) => {
    const other = await rejoin("absent", []);
    for (const selection of selections) other.publish(selection);
    await settled(selections.length);
    await other.close();
  };
  let channel = "";
  const settled = async (entries: number) => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
    await until(async () => (await client.xLen(`${channel}:log`)) >= entries || undefined, "it is told");
    client.destroy();
  };
  const rejoin = (file: string, applied: PurgeSelection[], isKept = false): Promise<PurgeExchange> =>
    joinPurgeExchange({
      url: `redis://127.0.0.1:${port}`,
      channel,
      apply: async (selection) => applied.push(selection),
      log: LOG,
      positionFile: isKept ? join(folder, file) : undefined,
    });

  it("does what it has missed, and that once", async () => {
    channel = "missed";
    const applied: PurgeSelection[] = [];
    const first = await rejoin("missed", applied, true);
    // It does not know what it kept before.
    await until(() => applied.length === 1 || undefined, "it drops everything");
    await publish({ kind: "tag", tag: "0" });
    await until(() => applied.length === 2 || undefined, "it hears of the first");
    await first.close();
    await publish({ kind: "tag", tag: "1" }, { kind: "url", url: "https://example.com/2" });
    const again = await rejoin("missed", applied, true);
    await until(() => applied.length === 4 || undefined, "it catches up");
    await publish({ kind: "tag", tag: "3" });
    await until(() => applied.length === 5 || undefined, "it hears of the last");
    await again.close();
    expect(applied).toEqual([
      { kind: "all" },
      { kind: "tag", tag: "0" },
      { kind: "tag", tag: "1" },
      { kind: "url", url: "https://example.com/2" },
      { kind: "tag", tag: "3" },
    ]);
  }, 30_000);

  it("drops everything where the stream does not reach back to it", async () => {
    channel = "cut";
    await publish({ kind: "tag", tag: "0" });
    await writeFile(join(folder, "cut"), "1-1");
    const applied: PurgeSelection[] = [];
    const node = await rejoin("cut", applied, true);
    await until(() => applied.length === 1 || undefined, "it drops something");
    await node.close();
    expect(applied).toEqual([{ kind: "all" }]);
  }, 30_000);
});
