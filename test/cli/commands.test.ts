// `build`, `start`, `routes` and `deploy`: what they print, what they write, and what they leave behind.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BIN, makeProject, runCli, startCli, writeFiles } from "./run-cli.ts";

/** The command lines of a process's descendants. */
function processesBelow(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children
    .filter((child) => child !== "")
    .flatMap((child) => [readFileSync(`/proc/${child}/cmdline`, "utf8"), ...processesBelow(Number(child))]);
}

const SITE = {
  "public/index.html": "home",
  "functions/_middleware.js": "export const onRequest = ({ next }) => next()",
  "functions/env.js":
    "export const onRequest = ({ env }) => Response.json([env.A, env.B, env.C].map((value) => value ?? null))",
  "functions/users/[id].js":
    "export const onRequestGet = ({ params }) => new Response(params.id);\nexport const onRequestPost = onRequestGet;",
  "wrangler.toml": 'name = "small-site"\n[vars]\nA = "configured"\nB = "configured"',
};

function digestOf(directory: string): string {
  const names = readdirSync(directory, { recursive: true }).map(String).sort();
  const hash = createHash("sha256");
  for (const name of names.filter((path) => statSync(join(directory, path)).isFile())) {
    hash.update(`${name}\0`).update(readFileSync(join(directory, name)));
  }
  return hash.digest("hex");
}

describe("causeway build", () => {
  test("writes a build for every target and says what is in it", async () => {
    const root = makeProject(SITE);
    const { code, stdout, stderr } = await runCli(["build", root]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Built 3 routes and 1 static file \(4 bytes\) for node, bun, deno, workers into .* in \d+ ms\n$/,
    );
    const written = readdirSync(join(root, "dist"));
    const expected = [
      "assets",
      "bun.js",
      "deno.js",
      "functions.js",
      "functions.js.map",
      "node.js",
      "package.json",
    ];
    expect(written).toEqual(
      expect.arrayContaining([...expected, "site.json", "workers.js", "wrangler.json"]),
    );
  });

  test("writes only the targets that were asked for", async () => {
    const root = makeProject(SITE);
    await runCli(["build", root, "--target", "node,deno", "--out", "release"]);
    const entries = ["node.js", "bun.js", "deno.js", "workers.js", "wrangler.json"];
    expect(entries.filter((name) => existsSync(join(root, "release", name)))).toEqual(["node.js", "deno.js"]);
  });

  test("writes equal bytes for equal input", async () => {
    const root = makeProject(SITE);
    await runCli(["build", root, "--out", "one"]);
    await runCli(["build", root, "--out", "two"]);
    expect(digestOf(join(root, "one"))).toBe(digestOf(join(root, "two")));
  });

  test("writes beside a static directory that is called dist, and start finds it there", async () => {
    const root = makeProject({
      "dist/index.html": "home",
      "wrangler.toml": 'pages_build_output_dir = "dist"',
    });
    expect((await runCli(["build", root])).code).toBe(0);
    expect(readdirSync(join(root, "dist"))).toEqual(["index.html"]);
    const start = startCli(["start", root, "--port", "0"]);
    const [url] = await start.printed(/http:\S+/);
    expect(await (await fetch(url)).text()).toBe("home");
  });

  test("refuses to write over the site's own files", async () => {
    const { code, stderr } = await runCli(["build", makeProject(SITE), "--out", "public"]);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot build into "public"');
  });
});

describe("causeway start", () => {
  test("serves a build from another directory and says so in one line", async () => {
    const start = startCli(["start", makeProject(SITE), "--build", "--port", "0"]);
    const [url] = await start.printed(/http:\/\/127\.0\.0\.1:\d+/);
    expect(await (await fetch(url)).text()).toBe("home");
    expect(await (await fetch(`${url}/users/7`)).text()).toBe("7");
    expect(start.output().trim().split("\n")).toHaveLength(1);
    start.child.kill("SIGTERM");
    expect((await start.finished).code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test("listens where PORT and HOST say, unless options say otherwise", async () => {
    const root = makeProject(SITE);
    const start = startCli(["start", root, "--build"], { env: { PORT: "0", HOST: "localhost" } });
    expect((await start.printed(/http:\/\/localhost:(\d+)/))[1]).not.toBe("8787");
    expect((await runCli(["start", root], { env: { PORT: "many" } })).stderr).toContain(
      'Cannot use "many" as a port',
    );
  });

  test.each(["node", "bun", "deno"])(
    "gives functions on %s their variables in rising precedence",
    async (runtime) => {
      const root = makeProject({ ...SITE, "prod.env": "B=file\nC=file", ".dev.vars": "A=never" });
      const args = ["start", root, "--build", "--port", "0", "--runtime", runtime];
      const start = startCli([...args, "--vars-file", join(root, "prod.env"), "-b", "C=line"], {
        env: { B: "environment" },
      });
      const [url] = await start.printed(/http:\/\/127\.0\.0\.1:\d+/);
      expect(await (await fetch(`${url}/env`)).json()).toEqual(["configured", "environment", "line"]);
    },
  );

  test("gives functions on workerd their variables, and nobody who lists processes", async () => {
    const root = makeProject(SITE);
    const start = startCli(
      ["start", root, "--build", "--port", "0", "--runtime", "workerd", "-b", "C=se'cret $B"],
      { env: { B: "environment" } },
    );
    const [url] = await start.printed(/http:\/\/127\.0\.0\.1:\d+/);
    expect(await (await fetch(`${url}/env`)).json()).toEqual(["configured", "environment", "se'cret $B"]);
    const others = processesBelow(start.child.pid ?? 0);
    expect(others.length).toBeGreaterThan(1);
    expect(others.filter((line) => line.includes("se'cret"))).toEqual([]);
  }, 60_000);

  test("starts a worker on each processor, or none, and on Bun one process", async () => {
    const root = makeProject(SITE);
    await runCli(["build", root, "--target", "node,bun"]);
    const count = availableParallelism();
    const start = startCli(["start", root, "--port", "0"]);
    await start.printed(new RegExp(`is served on http:\\S+ by ${count} workers?\n`));
    start.child.kill("SIGINT");
    expect(await start.finished).toMatchObject({ code: 0, stderr: "" });
    for (const args of [
      ["--workers", "0"],
      ["--runtime", "bun"],
    ]) {
      const alone = startCli(["start", root, "--port", "0", ...args]);
      const [url] = await alone.printed(/http:\S+\n/);
      expect(await (await fetch(url.trim())).text()).toBe("home");
      alone.child.kill("SIGINT");
      expect((await alone.finished).code).toBe(0);
    }
  }, 60_000);

  test("says which options have no meaning without a master", async () => {
    const root = makeProject(SITE);
    await runCli(["build", root, "--target", "node,bun"]);
    const alone = await runCli(["start", root, "--workers", "0", "--max-rss", "1G", "--unix", "/tmp/none"]);
    expect(alone).toMatchObject({ code: 1 });
    expect(alone.stderr).toContain("Cannot use --max-rss, --unix without workers");
    const bun = await runCli(["start", root, "--runtime", "bun", "--workers", "2"]);
    expect(bun.stderr).toContain("Cannot use --workers on bun, which has no workers");
  });

  test.each([
    { name: "node", args: ["--workers", "0"] },
    { name: "node with a worker", args: ["--workers", "1"] },
    { name: "node with isolated functions", args: ["--workers", "1", "--isolate", "1"] },
    { name: "bun", args: ["--runtime", "bun"] },
    { name: "deno", args: ["--runtime", "deno"] },
  ])(
    "logs each request on $name: route, bytes, trace, and nothing that a client makes up",
    async ({ args }) => {
      const root = makeProject(SITE);
      const start = startCli(["start", root, "--build", "--port", "0", "--access-log", ...args]);
      const [url] = await start.printed(/http:\/\/127\.0\.0\.1:\d+/);
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      await (
        await fetch(`${url}/users/7?a="b"`, { headers: { traceparent, "x-request-id": "forged" } })
      ).text();
      await (await fetch(`${url}/`)).text();
      await (await fetch(`${url}/`, { method: "HEAD" })).text();
      await start.printed(/"method":"HEAD".*\n/);
      const records = start
        .output()
        .split("\n")
        .filter((line) => line.includes('"message":"request"'))
        .map((line) => JSON.parse(line));
      const common = {
        level: "info",
        status: 200,
        clientAddress: "127.0.0.1",
        requestId: expect.any(String),
      };
      expect(records).toMatchObject([
        {
          ...common,
          method: "GET",
          target: "/users/7?a=%22b%22",
          route: "/users/:id",
          bytes: 1,
          trace: "0af7651916cd43dd8448eb211c80319c",
        },
        { ...common, target: "/", route: expect.stringMatching(/^(?:static|\/)$/), bytes: 4 },
        { ...common, method: "HEAD", bytes: 0 },
      ]);
      expect(start.output()).not.toContain("forged");
      for (const { durationMs } of records) expect(durationMs).toBeGreaterThanOrEqual(0);
    },
    60_000,
  );

  test.each([
    { runtime: "node", args: [] },
    { runtime: "node", args: ["--workers", "0"] },
    { runtime: "bun", args: [] },
    { runtime: "deno", args: [] },
  ])(
    "shows on $runtime $args where code throws while it loads, and not how it was loaded",
    async (row) => {
      const { runtime, args } = row;
      const root = makeProject({
        "functions/index.ts":
          'import { early } from "../early";\nexport const onRequest = () => new Response(early);',
        "early.ts":
          '// one\nfunction throwEarly(): string {\n  throw new Error("early");\n}\nexport const early = throwEarly();',
      });
      const { code, stderr } = await runCli([
        "start",
        root,
        "--build",
        "--port",
        "0",
        "--runtime",
        runtime,
        ...args,
      ]);
      expect(code).toBe(1);
      expect(stderr).toContain("Error: early");
      const frames = stderr.split("\n").filter((line) => /^\s+at /.test(line));
      expect(frames.length).toBeGreaterThan(1);
      expect(frames.filter((frame) => !/early\.ts:[35]:\d+\)?$/.test(frame))).toEqual([]);
    },
    60_000,
  );

  test("does not need the sources any more", async () => {
    const root = makeProject(SITE);
    await runCli(["build", root, "--target", "node", "--out", "release"]);
    const elsewhere = makeProject({});
    const start = startCli(["start", elsewhere, "--out", join(root, "release"), "--port", "0"]);
    const [url] = await start.printed(/http:\/\/127\.0\.0\.1:\d+/);
    expect(await (await fetch(`${url}/users/7`)).text()).toBe("7");
  });

  test("names an entry that the build does not have", async () => {
    const root = makeProject(SITE);
    await runCli(["build", root, "--target", "workers"]);
    const { code, stderr } = await runCli(["start", root]);
    expect(code).toBe(1);
    expect(stderr).toContain("--target node");
  });
});

describe("causeway routes", () => {
  test("prints pattern, method, file and middleware in matching order", async () => {
    const { stdout } = await runCli(["routes", makeProject(SITE)]);
    const [head, ...rows] = stdout.split("\n").map((line) => line.split(/\s{2,}/));
    expect(head).toEqual(["PATTERN", "METHOD", "FILE", "MIDDLEWARE"]);
    expect(rows.slice(0, 2)).toEqual([
      ["/users/:id", "GET, POST", "users/[id].js", "_middleware.js"],
      ["/env", "ANY", "env.js", "_middleware.js"],
    ]);
  });

  test("prints the same as JSON, and the generated _routes.json alone", async () => {
    const root = makeProject(SITE);
    const { routes } = JSON.parse((await runCli(["routes", root, "--json"])).stdout);
    expect(routes[0]).toEqual({
      pattern: "/users/:id",
      methods: ["GET", "POST"],
      file: "users/[id].js",
      middleware: [{ pattern: "/", method: "ANY", file: "_middleware.js", exportName: "onRequest" }],
    });
    const generated = JSON.parse((await runCli(["routes", root, "--routes-json"])).stdout);
    expect(generated).toEqual({ version: 1, include: ["/*"], exclude: [] });
  });
});

describe("causeway deploy --dry-run", () => {
  test("builds and prints the upload size, without account or network", async () => {
    const root = makeProject(SITE);
    const unreachable = {
      HTTPS_PROXY: "http://127.0.0.1:9",
      HTTP_PROXY: "http://127.0.0.1:9",
      CLOUDFLARE_API_TOKEN: "",
    };
    const { code, stdout } = await runCli(["deploy", root, "--dry-run"], { env: unreachable });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Total Upload: [\d.]+ KiB/);
    expect(stdout).toMatch(/Ready to be deployed: small-site \([\d.]+ KiB/);
  });

  test("hands the project's own settings on, with the environment applied", async () => {
    const root = makeProject(SITE);
    writeFiles(
      root,
      "wrangler.toml",
      'name = "s"\nroute = "a.example/*"\n[vars]\nA = "1"\n[env.live.vars]\nA = "2"',
    );
    const { code, stdout } = await runCli(["deploy", root, "--dry-run", "--env", "live", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "s", dryRun: true });
    expect(JSON.parse(readFileSync(join(root, "dist/wrangler.json"), "utf8"))).toMatchObject({
      name: "s-live",
      main: "workers.js",
      route: "a.example/*",
      vars: { A: "2" },
    });
  });
});

test("the command file is executable", () => {
  expect(statSync(BIN).mode & 0o111).toBe(0o111);
});
