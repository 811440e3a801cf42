// Nothing is lost while workers are replaced.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AppServer, createSite, startAppServer, type TestSite, until } from "./app-server.ts";
import { send, startLoad, stopLoads } from "./load.ts";

let site: TestSite;
let server: AppServer;

beforeAll(async () => {
  site = await createSite();
  server = await startAppServer(site, "--workers", "2", "--stream-grace", "300ms");
});

afterEach(stopLoads);

afterAll(async () => {
  await server.stop();
  await site.remove();
});

const reloads = async () => (await server.status()).counts.reloads;

describe("replacing workers under load", () => {
  it("loses nothing in 20 rolling reloads in a row", { timeout: 180_000 }, async () => {
    const load = startLoad(server.origin, { clients: 6, pauseMs: 2 });
    const before = await reloads();
    for (let reload = 0; reload < 20; reload++) await server.reload();
    const result = await load.stop();
    expect(await reloads()).toBe(before + 20);
    expect(result.failures).toEqual([]);
    process.stdout.write(`\n20 reloads under load: ${result.answered} answers, none lost\n`);
    expect(result.answered).toBeGreaterThan(500);
    // Two workers in each of 21 generations; some may have answered only the other routes.
    expect(result.pids.size).toBeGreaterThan(20);
  });

  it("loses nothing while workers are added and taken away", async () => {
    const load = startLoad(server.origin, { clients: 6, pauseMs: 2 });
    await server.scale(4);
    const serving = async () =>
      (await server.status()).workers.filter(({ state }) => state === "ready").length;
    await until(async () => (await serving()) === 4 || undefined, "four workers serve");
    await server.scale(1);
    await until(async () => (await serving()) === 1 || undefined, "one worker serves");
    await server.scale(2);
    await until(async () => (await serving()) === 2 || undefined, "two workers serve");
    const { failures, answered } = await load.stop();
    expect(failures).toEqual([]);
    process.stdout.write(`\nscale 4, 1, 2 under load: ${answered} answers, none lost\n`);
  });

  it("tells who asks on the command line what is served now", async () => {
    expect(await server.command("reload")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Serving build"),
    });
  });

  it("reloads on SIGHUP", async () => {
    const before = await reloads();
    server.child.kill("SIGHUP");
    await until(async () => (await reloads()) === before + 1 || undefined, "the reload is done");
  });
});

describe("connections that last", () => {
  it("tells a WebSocket to come again, with 1012", async () => {
    const socket = new WebSocket(`${server.origin.replace("http", "ws")}/socket`);
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
    const echoed = new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
    socket.addEventListener("open", () => socket.send("hello"));
    expect(await echoed).toBe("echo hello");
    await server.reload();
    expect(await closed).toMatchObject({ code: 1012, wasClean: true });
  });

  it("ends an event stream whole, after its grace", async () => {
    const stream = send(server.origin, { method: "GET", path: "/events" });
    await server.reload();
    const { text } = await stream;
    expect(text).toMatch(/^(?:data: tick\n\n)+$/);
  });

  it("lets a slow request finish on the worker that has it", async () => {
    const slow = send(server.origin, { method: "GET", path: "/slow/1500" });
    await server.reload();
    expect(await slow).toMatchObject({ status: 200, text: "slow" });
  });

  it("finishes waitUntil work before a worker ends", async () => {
    const file = join(site.root, "later.txt");
    await send(server.origin, { method: "GET", path: `/later?file=${encodeURIComponent(file)}` });
    await server.reload();
    await until(() => readFile(file, "utf8").catch(() => undefined), "the file is written", 5_000);
  });
});

describe("new builds", () => {
  const version = async () =>
    JSON.parse((await send(server.origin, { method: "GET", path: "/info" })).text).version;

  it("serves a new build that is put in the place of the old one, without being told", async () => {
    await site.edit("functions/info.ts", (text) => text.replace('"one"', '"two"'));
    await site.build();
    await until(async () => (await version()) === "two" || undefined, "the new build is served");
  });

  it("never serves half a build", async () => {
    const functions = join(site.root, "dist/functions.js");
    const document = join(site.root, "dist/site.json");
    const [code, text] = [await readFile(functions, "utf8"), await readFile(document, "utf8")];
    const load = startLoad(server.origin, { clients: 4, pauseMs: 5 });
    await writeFile(document, text.slice(0, 200));
    await writeFile(functions, code.slice(0, 200));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await writeFile(functions, code.replace('"two"', '"three"'));
    await writeFile(document, text.replace(/"build": ?"\w+"/, '"build":"0000000000000003"'));
    await until(async () => (await version()) === "three" || undefined, "the whole build is served");
    expect((await load.stop()).failures).toEqual([]);
  });

  it("goes on with the old workers when the new code cannot be loaded, and says why", async () => {
    await site.edit("functions/info.ts", (text) => `${text}\nthrow new Error("broken on purpose");\n`);
    await site.build();
    const { code, output } = await server.command("reload");
    expect(code).toBe(1);
    expect(output).toContain("broken on purpose");
    expect(await version()).toBe("three");
    await site.edit("functions/info.ts", (text) => text.replace(/\nthrow.*\n/, "\n"));
    await site.build();
    await until(async () => (await version()) === "two" || undefined, "the repaired build is served");
  });

  it("leaves no copies of old builds behind", async () => {
    const copies = async () => (await readdir(site.root)).filter((name) => name.includes(".running-"));
    await until(async () => (await copies()).length === 1 || undefined, "one copy, of the present build");
    await server.stop();
    expect(await copies()).toEqual([]);
  });
});
