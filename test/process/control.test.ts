// The commands and files by which an application server is run.

import { spawn } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppServer, createSite, isAlive, startAppServer, type TestSite, until } from "./app-server.ts";
import { send } from "./load.ts";

let site: TestSite;
let server: AppServer;
let control: string;

beforeAll(async () => {
  site = await createSite();
  control = join(site.root, "control.sock");
  const files = ["--control", control, "--pid-file", join(site.root, "pid"), "--control-port", "0"];
  await writeFile(
    join(site.root, "package.json"),
    JSON.stringify({
      name: "process-site",
      type: "module",
      causeway: { server: { workers: 2, accessLog: true } },
    }),
  );
  server = await startAppServer(site, ...files);
});

afterAll(async () => {
  await server.stop();
  await site.remove();
});

const command = (name: string, ...args: string[]) => server.command(name, ...args);

/** A socket as a process leaves it that is killed. */
async function leaveSocket(path: string): Promise<void> {
  const code = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
  await new Promise((resolve) => spawn(process.execPath, ["-e", code]).once("exit", resolve));
  expect((await stat(path)).isSocket()).toBe(true);
}

describe("the control socket", () => {
  it("is for its owner alone", async () => {
    expect((await stat(control)).mode & 0o777).toBe(0o600);
  });

  it("refuses what a browser sends", async () => {
    expect(await ask({ origin: "https://example.com" })).toBe(403);
    expect(await ask({ "sec-fetch-mode": "no-cors" })).toBe(403);
    expect(await ask({ host: "rebound.example" })).toBe(403);
    expect(await ask({})).toBe(200);
  });
});

function ask(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath: control,
      path: "/status",
      headers: { host: "localhost", ...headers },
    });
    outgoing.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("commands", () => {
  it("start as many workers as package.json says", async () => {
    const { output } = await command("status", "--json");
    expect(JSON.parse(output)).toMatchObject({
      state: "ready",
      wanted: { workers: 2 },
      pid: server.child.pid,
    });
  });

  it("show each worker in a line", async () => {
    const { output, code } = await command("status");
    expect(code).toBe(0);
    expect(output).toMatch(/process-site \(build \w+\) is ready on http:/);
    expect(output.match(/^\d+ +site +\d+ +ready/gm)).toHaveLength(2);
  });

  it("change the number of workers", async () => {
    expect(await command("scale", "1")).toMatchObject({ code: 0 });
    expect((await command("scale", "0")).output).toContain('Cannot scale to "0" workers');
    expect((await command("scale", "many")).code).toBe(1);
  });

  it("say so where no server runs", async () => {
    const { code, output } = await command("status", "--control", `${control}.other`);
    expect(code).toBe(1);
    expect(output).toContain("is running for this build");
  });

  it("refuse values that mean nothing, with what would", async () => {
    const { code, output } = await server.command("start", "--workers", "two", "--max-rss", "much");
    expect(code).toBe(1);
    expect(output).toContain('--workers cannot be "two"');
    expect(output).toContain("256M or 1G");
  });
});

describe("the log", () => {
  it("has one line of JSON for each request, with the worker that answered", async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        send(server.origin, { method: "GET", path: `/info?number=${index}&${"x".repeat(300)}` }),
      ),
    );
    const records = await until(() => {
      const lines = server
        .output()
        .split("\n")
        .filter((line) => line.includes("/info?number="));
      return lines.length === 200 ? lines.map((line) => JSON.parse(line)) : undefined;
    }, "200 lines are written");
    const targets = new Set(records.map(({ target }) => target));
    expect(targets.size).toBe(200);
    for (const record of records)
      expect(record).toMatchObject({ method: "GET", status: 200, worker: expect.any(Number) });
  });
});

describe("the end", () => {
  it("comes in order with `stop`: open requests are answered, and nothing is left", async () => {
    expect((await readFile(join(site.root, "pid"), "utf8")).trim()).toBe(String(server.child.pid));
    const { workers } = JSON.parse((await command("status", "--json")).output) as {
      workers: { pid: number }[];
    };
    const slow = send(server.origin, { method: "GET", path: "/slow/700" });
    await send(server.origin, { method: "GET", path: "/info" });
    expect(await command("stop")).toMatchObject({ code: 0, output: "Stopped\n" });
    expect(await slow).toMatchObject({ status: 200, text: "slow" });
    expect(await server.exited).toBe(0);
    expect(workers.map(({ pid }) => pid).some(isAlive)).toBe(false);
    await expect(readFile(join(site.root, "pid"))).rejects.toThrow("ENOENT");
    await expect(stat(control)).rejects.toThrow("ENOENT");
  });

  it("comes in less than two seconds on SIGTERM, with an idle connection open", async () => {
    const next = await startAppServer(site, "--workers", "2");
    await send(next.origin, { method: "GET", path: "/info" });
    const startedAt = performance.now();
    next.child.kill("SIGTERM");
    expect(await next.exited).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it("does not wait on a second signal", async () => {
    const next = await startAppServer(site, "--workers", "1");
    const slow = send(next.origin, { method: "GET", path: "/slow/9000" });
    slow.catch(() => {});
    await until(
      async () => (await next.status()).workers.some(({ inFlight }) => inFlight === 1) || undefined,
      "it is open",
    );
    next.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    next.child.kill("SIGINT");
    const startedAt = performance.now();
    await next.exited;
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await expect(slow).rejects.toThrow();
  });
});

describe("a site that cannot be loaded", () => {
  it("does not start, and says why", async () => {
    await site.edit("functions/info.ts", (text) => `${text}\nthrow new Error("broken from the start");\n`);
    await site.build();
    await expect(startAppServer(site, "--workers", "2")).rejects.toThrow("broken from the start");
  });
});

describe("a unix socket", () => {
  it("takes the place of a port, and of a socket that nobody answers, for those whom its mode lets in", async () => {
    await site.edit("functions/info.ts", (text) => text.replace(/\nthrow.*\n/, "\n"));
    await site.build();
    const path = join(site.root, "site.sock");
    await leaveSocket(path);
    const next = await startAppServer(site, "--workers", "1", "--unix", path, "--unix-mode", "660");
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    const status = await new Promise((resolve, reject) => {
      const outgoing = request({ socketPath: path, path: "/info" }, (response) =>
        resolve(response.resume().statusCode),
      );
      outgoing.on("error", reject);
      outgoing.end();
    });
    expect(status).toBe(200);
    await next.stop();
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });
});
