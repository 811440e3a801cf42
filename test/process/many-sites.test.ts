// Many sites behind one port: each by its host, each by itself, whatever becomes of the others.

import { cp, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { SitesStatus } from "../../src/runtimes/many-sites/sites-status.ts";
import { type AppServer, isAlive, startAppServer, until } from "./app-server.ts";
import { ask, createSites, type SitesDirectory, who } from "./sites.ts";

// A machine that is busy with other tests takes seconds to load a site.
vi.setConfig({ testTimeout: 60_000 });

let sites: SitesDirectory;
let server: AppServer;

beforeAll(async () => {
  sites = await createSites();
  await sites.link("shop.test");
  await sites.settings(
    "shop.test",
    `{ "hosts": ["shop.test", "*.shop.test"], "env": { "GREETING": "shop" } }`,
  );
  // A project with its build in it.
  await mkdir(join(sites.root, "blog"));
  await cp(sites.dist, join(sites.root, "blog", "dist"), { recursive: true });
  await writeFile(join(sites.root, "blog.env"), "GREETING=blog\n");
  await sites.settings("blog", { hosts: "blog.test", varsFiles: "blog.env", workers: 2, accessLog: true });
  await sites.copy("broken.test", `throw new Error("broken at boot");`);
  server = await startAppServer(sites, "--stream-grace", "300ms");
}, 60_000);

afterAll(async () => {
  await server.stop();
  await sites.remove();
});

const state = async () => JSON.parse((await server.command("status", "--json")).output) as SitesStatus;

async function siteState(name: string) {
  return (await state()).sites.find((site) => site.name === name);
}

const untilServed = (host: string) =>
  until(async () => (await ask(server.origin, host)).status === 200 || undefined, `${host} is served`);

describe("a request", () => {
  it("goes to the site that its host names, in any spelling", async () => {
    for (const host of ["shop.test", "SHOP.test:8080", "shop.test.", "eu.shop.test"])
      expect(await who(server.origin, host), host).toMatchObject({ greeting: "shop" });
    expect(await who(server.origin, "blog.test")).toMatchObject({ greeting: "blog", host: "blog.test" });
  });

  it("for a host that nobody has is answered 421", async () => {
    for (const host of ["nobody.test", "a.b.shop.test", "xshop.test", "test"]) {
      const { status, headers } = await ask(server.origin, host);
      expect({ status, cache: headers["cache-control"] }, host).toEqual({ status: 421, cache: "no-store" });
    }
  });

  it("is found by its host on a connection on which another site was asked before", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const seen: unknown[] = [];
    for (const host of ["shop.test", "blog.test", "nobody.test", "shop.test"]) {
      const { status, text } = await ask(server.origin, host, { agent });
      seen.push(status === 200 ? JSON.parse(text).greeting : status);
    }
    agent.destroy();
    expect(seen).toEqual(["shop", "blog", 421, "shop"]);
  });

  it("with an absolute target goes by that (RFC 9112 §3.2.2)", async () => {
    const answer = await ask(server.origin, "blog.test", { path: "http://shop.test/who?x" });
    expect(JSON.parse(answer.text)).toMatchObject({ greeting: "shop", host: "shop.test" });
  });

  it.each([
    ["no Host", 400, "GET /who HTTP/1.1\r\n\r\n"],
    ["two Hosts", 400, "GET /who HTTP/1.1\r\nHost: shop.test\r\nHost: blog.test\r\n\r\n"],
    ["no host that could be one", 400, "GET /who HTTP/1.1\r\nHost: shop.test/x\r\n\r\n"],
    ["no Host in HTTP/1.0", 421, "GET /who HTTP/1.0\r\n\r\n"],
    [
      "a host that nobody has, and an expectation",
      421,
      "POST /echo HTTP/1.1\r\nHost: no.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
    ],
  ])("with %s is answered %i", async (_name, status, text) => {
    expect(await speak(text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it("with an expectation is told to go on, and echoed", async () => {
    const head =
      "POST /echo HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 3\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n";
    const answer = /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 [\s\S]*abc$/;
    expect(await speak(head, "abc")).toMatch(answer);
    // Who does not wait need not be told (RFC 9110 §10.1.1).
    expect(await speak(`${head}abc`)).toMatch(/^HTTP\/1.1 200 [\s\S]*abc$/);
  });

  it("keeps its client's address, and nobody can forge it", async () => {
    const seen = await who(server.origin, "shop.test", {
      headers: { "x-causeway-front-client": "192.0.2.1", "cf-connecting-ip": "192.0.2.2" },
    });
    expect(seen.address).toBe("127.0.0.1");
    expect(seen.fields.filter((name) => name.startsWith("x-causeway"))).toEqual([]);
  });

  it("brings its body as it comes, and a large one whole", async () => {
    const body = "0123456789".repeat(200_000);
    expect((await ask(server.origin, "shop.test", { path: "/echo", method: "POST", body })).text).toBe(body);
  });

  it("gets a static file with its validators", async () => {
    const file = await ask(server.origin, "shop.test", { path: "/" });
    const again = await ask(server.origin, "shop.test", {
      path: "/",
      headers: { "if-none-match": String(file.headers.etag) },
    });
    expect([file.status, again.status, again.text]).toEqual([200, 304, ""]);
    expect(
      (await ask(server.origin, "shop.test", { path: "/", method: "HEAD" })).headers["content-length"],
    ).toBe(file.headers["content-length"]);
  });

  it("that its client gives up is given up at the site", async () => {
    const { hostname, port } = new URL(server.origin);
    const events = request({ hostname, port, path: "/events", headers: { host: "shop.test" }, agent: false });
    const isOpen = new Promise<void>((resolve) =>
      events.on("response", (incoming) => incoming.once("data", () => resolve())),
    );
    events.on("error", () => {});
    events.end();
    await isOpen;
    await until(
      async () => (await siteState("shop.test"))?.inFlight === 1 || undefined,
      "the stream is open",
    );
    events.destroy();
    await until(
      async () => (await siteState("shop.test"))?.inFlight === 0 || undefined,
      "the stream is closed",
    );
  });

  it("may become a WebSocket", async () => {
    const { port } = new URL(server.origin);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { host: "shop.test" } });
    const message = new Promise((resolve, reject) => {
      socket.on("message", (data) => resolve(data.toString()));
      socket.on("error", reject);
    });
    socket.on("open", () => socket.send("hello"));
    expect(await message).toBe("echo hello");
    socket.close();
    const lost = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { host: "nobody.test" } });
    await expect(new Promise((_resolve, reject) => lost.on("error", reject))).rejects.toThrow("421");
  });
});

describe("a site", () => {
  it("sees its own environment and nothing of the server's", async () => {
    process.env.CAUSEWAY_TEST_SECRET = "of the server";
    const other = await startAppServer(sites, "--control", join(sites.root, ".control"));
    delete process.env.CAUSEWAY_TEST_SECRET;
    try {
      const shop = await who(other.origin, "shop.test");
      expect(shop).toMatchObject({ greeting: "shop", own: "shop" });
      expect(shop.names).toContain("PATH");
      expect(shop.names).not.toContain("CAUSEWAY_TEST_SECRET");
    } finally {
      await other.stop();
    }
  });

  it("that is broken at boot is reported once and answers 503, and nobody else notices", async () => {
    const { status, headers } = await until(async () => {
      const answer = await ask(server.origin, "broken.test");
      return answer.status === 503 ? answer : undefined;
    }, "it is known to be broken");
    expect([status, headers["retry-after"]]).toEqual([503, "5"]);
    expect(server.output().match(/broken at boot/g)?.length).toBe(1);
    expect(await siteState("broken.test")).toMatchObject({
      state: "failing",
      failure: expect.stringContaining("broken at boot"),
    });
    expect(await who(server.origin, "shop.test")).toMatchObject({ greeting: "shop" });
  });

  it("that crashes all the time takes no request of another one", async () => {
    await sites.copy("crash.test", "setTimeout(() => process.exit(9), 50);");
    await until(
      async () => ((await siteState("crash.test"))?.counts.crashed ?? 0) >= 1 || undefined,
      "it crashes",
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const statuses = new Map<number, number>();
    let isOver = false;
    const shots = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        await ask(server.origin, "crash.test").catch(() => {});
        const { status } = await ask(server.origin, "shop.test", { agent });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const crashes = (await siteState("crash.test"))?.counts.crashed ?? 0;
    await until(
      async () => ((await siteState("crash.test"))?.counts.crashed ?? 0) >= crashes + 1 || undefined,
      "it crashes on",
    );
    isOver = true;
    await Promise.all(shots);
    agent.destroy();
    expect([...statuses.keys()]).toEqual([200]);
    await until(
      async () => [502, 503].includes((await ask(server.origin, "crash.test")).status) || undefined,
      "its clients are told",
    );
    await rm(join(sites.root, "crash.test"), { recursive: true });
    await until(
      async () => (await ask(server.origin, "crash.test")).status === 421 || undefined,
      "it is gone",
    );
  });

  it("writes its name into the access log", async () => {
    await ask(server.origin, "blog.test", { path: "/who?logged" });
    const line = await until(
      () =>
        server
          .output()
          .split("\n")
          .find((text) => text.includes("/who?logged")),
      "the line is there",
    );
    expect(JSON.parse(line)).toMatchObject({ site: "blog", status: 200, clientAddress: "127.0.0.1" });
  });
});

describe("the directory", () => {
  it("gains a site, changes it, turns it to another build, and loses it, while the others go on", async () => {
    const neighbour = await who(server.origin, "shop.test");
    await sites.copy("new.test");
    const first = await until(() => who(server.origin, "new.test").catch(() => undefined), "it is there");
    await sites.settings("new.test", { env: { GREETING: "changed" } });
    await until(
      async () => (await who(server.origin, "new.test")).greeting === "changed" || undefined,
      "it has changed",
    );
    // Other hosts need no other processes.
    const second = await who(server.origin, "new.test");
    expect(second.pid).not.toBe(first.pid);
    await sites.settings("new.test", { env: { GREETING: "changed" }, hosts: ["other.test"] });
    await untilServed("other.test");
    expect((await ask(server.origin, "new.test")).status).toBe(421);
    // A touch reloads, as uWSGI's emperor has it.
    const before = await who(server.origin, "other.test");
    await utimes(join(sites.root, "new.test.json"), new Date(), new Date(Date.now() + 5_000));
    await until(
      async () => (await who(server.origin, "other.test")).pid !== before.pid || undefined,
      "it was reloaded",
    );
    const { pid } = await who(server.origin, "other.test");
    await rm(join(sites.root, "new.test.json"));
    await rm(join(sites.root, "new.test"), { recursive: true });
    await until(
      async () => (await ask(server.origin, "other.test")).status === 421 || undefined,
      "it is gone",
    );
    await until(() => !isAlive(pid) || undefined, "its process is gone");
    expect((await who(server.origin, "shop.test")).pid).toBe(neighbour.pid);
  });

  it("keeps a site as it is when its settings have mistakes, and reports all of them with their lines", async () => {
    const before = await readFile(join(sites.root, "blog.json"), "utf8");
    await sites.settings(
      "blog",
      `{\n  "hosts": "blog.test:80",\n  "wrokers": 2,\n  "harakiri": "soon",\n  "default": "yes"\n}\n`,
    );
    await until(() => server.output().includes("blog.json:5") || undefined, "it was reported");
    for (const text of [
      `blog.json:2:3: error: \\"blog.test:80\\"`,
      `blog.json:3:3: error: There is no setting \\"wrokers\\"`,
      `blog.json:4:3`,
    ])
      expect(server.output()).toContain(text);
    expect(await who(server.origin, "blog.test")).toMatchObject({ greeting: "blog" });
    await writeFile(join(sites.root, "blog.json"), before);
  });

  it("gives a host to one site, and never to a later one", async () => {
    await sites.link("a.test");
    await sites.settings("a.test", { hosts: ["shop.test", "a.test"], env: { GREETING: "a" } });
    await untilServed("a.test");
    expect(await who(server.origin, "shop.test")).toMatchObject({ greeting: "shop" });
    expect(server.output()).toContain(`\\"a.test\\" does not get the host shop.test: \\"shop.test\\" has it`);
    await rm(join(sites.root, "a.test"));
    await rm(join(sites.root, "a.test.json"));
    await until(async () => (await ask(server.origin, "a.test")).status === 421 || undefined, "it is gone");
  });

  it("may get other settings, and turn a link to the next build: no request is lost", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    const statuses = new Set<number>();
    let isOver = false;
    const load = Array.from({ length: 3 }, async (_, client) => {
      const question = client === 0 ? {} : { agent };
      while (!isOver) statuses.add((await ask(server.origin, "shop.test", question)).status);
    });
    await sites.settings("shop.test", { hosts: ["shop.test", "*.shop.test"], env: { GREETING: "other" } });
    await until(
      async () => (await who(server.origin, "shop.test")).greeting === "other" || undefined,
      "the settings have changed",
    );
    const next = join(sites.root, "..", "next");
    await cp(sites.dist, next, { recursive: true });
    const document = JSON.parse(await readFile(join(next, "site.json"), "utf8"));
    await writeFile(join(next, "site.json"), JSON.stringify({ ...document, build: "next" }));
    await symlink(next, join(sites.root, ".turned"));
    await rename(join(sites.root, ".turned"), join(sites.root, "shop.test"));
    await until(
      async () => (await siteState("shop.test"))?.build === "next" || undefined,
      "the next build is served",
    );
    isOver = true;
    await Promise.all(load);
    agent.destroy();
    expect([...statuses]).toEqual([200]);
  });
});

describe("commands", () => {
  it("show all sites or one, and change one without another", async () => {
    const shop = await who(server.origin, "shop.test");
    const all = await server.command("status");
    expect(all.output).toMatch(
      /^3 sites of .*\/sites on http:.*\n[\s\S]*blog +ready +2[\s\S]*broken\.test +failing/,
    );
    const blog = join(sites.root, "blog");
    expect(JSON.parse((await server.command("status", blog, "--json")).output).workers).toHaveLength(2);
    expect(await server.command("scale", "1", blog)).toMatchObject({ code: 0 });
    await until(async () => (await siteState("blog"))?.workers === 1 || undefined, "one worker is left");
    const { pid } = await who(server.origin, "blog.test");
    expect(await server.command("reload", blog)).toMatchObject({ code: 0 });
    // The old worker may answer what comes on connections that it has.
    await until(
      async () => (await who(server.origin, "blog.test")).pid !== pid || undefined,
      "the new one answers",
    );
    expect(await server.command("stop", blog)).toMatchObject({ code: 0, output: "Stopped\n" });
    expect((await ask(server.origin, "blog.test")).status).toBe(503);
    expect(await server.command("reload", blog)).toMatchObject({ code: 0 });
    await untilServed("blog.test");
    const broken = await server.command("reload", join(sites.root, "broken.test"));
    expect(broken).toMatchObject({ code: 1, output: expect.stringContaining("broken at boot") });
    expect((await who(server.origin, "shop.test")).pid).toBe(shop.pid);
  });
});

describe("a site that nobody asks for", () => {
  it("has no process before its first request and after it was idle", async () => {
    const control = join(sites.root, ".idle-control");
    const other = await startAppServer(sites, "--idle", "1s", "--control", control);
    try {
      const stateOf = async () => {
        const { sites: all } = JSON.parse((await other.command("status", "--json")).output) as SitesStatus;
        return all.find(({ name }) => name === "shop.test");
      };
      expect(await stateOf()).toMatchObject({ state: "idle", workers: 0 });
      const { pid } = await who(other.origin, "shop.test");
      expect(await stateOf()).toMatchObject({ workers: 1 });
      await until(() => !isAlive(pid) || undefined, "its process has ended");
      expect((await who(other.origin, "shop.test")).pid).not.toBe(pid);
      for (let count = 0; count < 2; count++)
        expect([502, 503]).toContain((await ask(other.origin, "broken.test")).status);
    } finally {
      await other.stop();
    }
  }, 40_000);
});

describe("the end", () => {
  it("leaves no process, no socket and no copy of a build", async () => {
    const pids = [
      ...(await state()).front.map(({ pid }) => pid),
      (await who(server.origin, "shop.test")).pid,
      (await who(server.origin, "blog.test")).pid,
    ];
    const slow = ask(server.origin, "shop.test", { path: "/slow/700" });
    await until(async () => (await siteState("shop.test"))?.inFlight === 1 || undefined, "it is open");
    expect(await server.command("stop")).toMatchObject({ code: 0 });
    expect(await slow).toMatchObject({ status: 200, text: "slow" });
    expect(await server.exited).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    const left = [...(await readdir(sites.root)), ...(await readdir(join(sites.root, "..")))];
    expect(left.filter((name) => name.includes(".running-"))).toEqual([]);
  });
});

describe("the death of the server", () => {
  it("leaves no process for longer than a second", async () => {
    const before = process.env.TMPDIR;
    // What a server that is killed leaves behind goes with the sites.
    process.env.TMPDIR = join(sites.root, "..");
    const other = await startAppServer(sites, "--control", join(sites.root, ".killed-control"));
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    const { pid } = await who(other.origin, "shop.test");
    const { front } = JSON.parse((await other.command("status", "--json")).output) as SitesStatus;
    const pids = [pid, ...front.map((worker) => worker.pid)];
    other.child.kill("SIGKILL");
    await until(() => !pids.some(isAlive) || undefined, "all are gone", 2_000);
  });
});

/** Sends bytes (`body` when it is told to go on) and returns what comes back until the connection is closed or silent. */
function speak(text: string, body = ""): Promise<string> {
  const { hostname, port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(10_000, done);
    socket.on("data", (data) => {
      answer += data;
      if (answer === "HTTP/1.1 100 Continue\r\n\r\n") socket.write(body);
      if (/^HTTP\/1.1 4\d\d /.test(answer)) done();
    });
    socket.on("close", done);
    socket.on("error", reject);
  });
}
