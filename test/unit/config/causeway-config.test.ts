import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadCausewayConfig } from "../../../src/config/causeway-config-load.ts";
import { locateSetting } from "../../../src/config/causeway-config-place.ts";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";
import { parseServerUrl } from "../../../src/config/causeway-config-server.ts";

const roots: string[] = [];

async function load(text: string, files: Record<string, string> = {}) {
  const root = await mkdtemp(join(tmpdir(), "causeway-config-"));
  roots.push(root);
  for (const [name, content] of Object.entries({ "causeway.config.ts": text, ...files })) {
    await writeFile(join(root, name), content);
  }
  return { ...(await loadCausewayConfig(root)), root };
}

afterEach(async () => {
  await Promise.all(roots.splice(0).map((root) => rm(root, { recursive: true, force: true })));
});

function mistakesOf(value: unknown): string[] {
  return readCausewayConfig(value).mistakes.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const APP = { app: ["http://127.0.0.1:8000"] };

describe("the file", () => {
  it("may be TypeScript, import its neighbours and use defineConfig", async () => {
    const { section, problems, root } = await load(
      `import { defineConfig, type CausewayConfig } from "causeway";
       import { port } from "./port.ts";
       const config: CausewayConfig = { upstreams: { app: [\`http://127.0.0.1:\${port}\`] }, routes: [{ path: "/*", upstream: "app" }] };
       export default defineConfig(config);`,
      { "port.ts": "export const port: number = 8000;" },
    );
    expect(problems).toEqual([]);
    expect(section?.upstreams.app?.servers[0]?.address).toEqual({
      kind: "tcp",
      hostname: "127.0.0.1",
      port: 8_000,
    });
    expect((await readdir(root)).sort()).toEqual(["causeway.config.ts", "port.ts"]);
  });

  it("may be missing", async () => {
    const root = await mkdtemp(join(tmpdir(), "causeway-config-"));
    roots.push(root);
    expect(await loadCausewayConfig(root)).toEqual({ section: undefined, file: undefined, problems: [] });
  });

  it("that does not parse is reported with its line", async () => {
    const { problems, section } = await load("export default {\n  routes: [,,\n");
    expect(section).toBeUndefined();
    expect(problems[0]).toMatchObject({
      code: "causeway-config-syntax",
      file: "causeway.config.ts",
      line: 3,
    });
  });

  it("that throws is reported with what it said", async () => {
    const { problems } = await load('throw new Error("no secret"); export default {};');
    expect(problems[0]).toMatchObject({
      code: "causeway-config-threw",
      message: expect.stringContaining("no secret"),
    });
  });

  it("has every mistake reported at its line, with a remedy", async () => {
    const { problems } = await load(`export default {
  upstreams: {
    // One server.
    app: { servers: ["ftp://x"], timeouts: { connect: "soon" } },
  },
  routes: [
    { path: "/a/*", upstream: "app" },
    {
      path: "api",
      upstream: "ap",
    },
  ],
};`);
    expect(problems.map(({ line, message }) => `${line} ${message.split(" ").slice(0, 1)}`)).toEqual([
      '4 "upstreams.app.servers[0]"',
      '4 "upstreams.app.timeouts.connect"',
      '9 "routes[1].path"',
      "10 There",
    ]);
    for (const { remedy } of problems) expect(remedy).toMatch(/\.$/);
  });
});

describe("places", () => {
  const lineOf = (text: string, path: (string | number)[]) => locateSetting(text, path).line;

  it.each([
    ["a computed value", "export default {\n a: f({ b: 1 },\n [2]),\n c: {\n d: 1 } }", ["c", "d"], 5],
    ["a quoted key", 'export default {\n "a-b": 1,\n}', ["a-b"], 2],
    [
      "texts and comments with brackets",
      'export default { // {\n a: "}]",\n /* [ */ b: `{`,\n c: 3 }',
      ["c"],
      4,
    ],
    ["a spread before it", "export default {\n ...other,\n a: 1 }", ["a"], 3],
    ["what is not there, at what surrounds it", "export default {\n a: {\n b: 1 } }", ["a", "x", "y"], 2],
    ["a named configuration", "const c = {\n a: 1 };\nexport default c;", ["a"], 2],
    ["an element of a list", "export default { a: [\n1,\n { b: 2 },\n { b: 3 }] }", ["a", 2, "b"], 4],
  ])("are found behind %s", (_, text, path, line) => {
    expect(lineOf(text, path)).toBe(line);
  });
});

describe("servers", () => {
  it.each([
    ["http://a", "http", false, { kind: "tcp", hostname: "a", port: 80 }],
    ["https://a", "http", true, { kind: "tcp", hostname: "a", port: 443 }],
    ["http://[::1]:81/", "http", false, { kind: "tcp", hostname: "::1", port: 81 }],
    ["uwsgi://127.0.0.1", "uwsgi", false, { kind: "tcp", hostname: "127.0.0.1", port: 3031 }],
    ["fastcgi+unix:///run/php.sock", "fastcgi", false, { kind: "unix", path: "/run/php.sock" }],
    ["https+unix:///run/a.sock", "http", true, { kind: "unix", path: "/run/a.sock" }],
  ])("%s", (url, protocol, isSecure, address) => {
    expect(parseServerUrl(url)).toEqual({ protocol, isSecure, address });
  });

  it.each([
    "a:80",
    "http://",
    "http://a/b",
    "http://u:p@a",
    "http://a:0",
    "http://a:99999",
    "http+unix://a",
    "ws://a",
  ])("%s is none", (url) => expect(parseServerUrl(url)).toBeUndefined());
});

describe("mistakes", () => {
  it.each<[string, unknown, RegExp]>([
    ["a list instead of an object", [], /must be an object/],
    ["an unknown setting", { upstream: {} }, /^upstream: .*no known setting/],
    ["an upstream without servers", { upstreams: { a: {} } }, /names no server/],
    ["an unknown upstream", { upstreams: APP, routes: [{ upstream: "b" }] }, /no upstream "b"/],
    ["a route that leads nowhere", { routes: [{ path: "/" }] }, /does not say what answers/],
    [
      "a route that leads to two places",
      { upstreams: APP, routes: [{ upstream: "app", static: true }] },
      /several/,
    ],
    [
      "a wildcard that the path lacks",
      { upstreams: APP, routes: [{ path: "/a", upstream: "app", rewrite: "/:splat" }] },
      /:splat/,
    ],
    ["a wildcard used twice", { upstreams: APP, routes: [{ path: "/*/*", upstream: "app" }] }, /twice/],
    [
      "a redirect to another scheme",
      { routes: [{ redirect: "javascript:alert(1)" }] },
      /must be a path or a whole URL/,
    ],
    [
      "a redirect without a scheme",
      { routes: [{ redirect: "//evil.test" }] },
      /must be a path or a whole URL/,
    ],
    [
      "a wildcard as a host",
      { routes: [{ path: "/*", redirect: "https://:splat" }] },
      /must be a path or a whole URL/,
    ],
    ["a method in small letters", { routes: [{ method: "get", static: true }] }, /must name methods/],
    ["a host with a port", { routes: [{ host: "a.test:80", static: true }] }, /without scheme and port/],
    [
      "FastCGI without a script",
      { upstreams: { php: ["fastcgi://127.0.0.1:9000"] } },
      /needs to know the script/,
    ],
    ["a header with a line break", { routes: [{ answer: { headers: { a: "b\nc" } } }] }, /is no field/],
    ["a proxy that is no address", { trustedProxies: ["example.com"] }, /no address/],
    ["users that are none", { routes: [{ static: true, auth: { basic: { users: {} } } }] }, /names no users/],
  ])("%s", (_, value, expected) => {
    expect(mistakesOf(value).join("\n")).toMatch(expected);
  });

  it("are none in a configuration that uses everything", () => {
    const config = {
      trustedProxies: ["10.0.0.0/8", "::1", "unix"],
      upstreams: {
        app: {
          servers: ["http://a", { url: "https://b:8443", weight: 3, backup: true, maxConnections: 9 }],
          balance: { hash: { cookie: "id" } },
          sticky: { cookie: "srv", maxAge: "1h", secure: true },
          timeouts: { connect: "500ms", firstByte: "5s", idle: 1_000, total: "2m" },
          health: {
            maxFails: 3,
            failTimeout: "5s",
            slowStart: "1m",
            failureStatuses: [503],
            check: { path: "/up" },
          },
          circuitBreaker: true,
          retries: { attempts: 2 },
          host: "server",
          forwarding: "both",
          tls: { serverName: "b.test" },
        },
        php: { servers: ["fastcgi+unix:///run/php.sock"], root: "/srv/app", variables: { A: "b" } },
        flask: "uwsgi://127.0.0.1:3031",
      },
      routes: [
        {
          host: "*.a.test",
          path: "/x/:id/*",
          method: ["GET"],
          header: { "x-a": true },
          cookie: { b: "1" },
          upstream: "app",
          rewrite: "/:id/:splat",
          requestHeaders: { set: { "x-b": "c" }, remove: ["x-d"] },
          maxBody: "1MB",
          cache: { defaultTtl: "1m" },
        },
        { path: "/old/*", redirect: { to: "https://new.test/:splat", status: 301 } },
        { path: "/gone", answer: { status: 410, body: "gone" } },
        { path: "/f", function: true, auth: { basic: { users: { ann: "pw" } } } },
      ],
    };
    const { section, mistakes } = readCausewayConfig(config);
    expect(mistakes).toEqual([]);
    expect(section.upstreams.app?.timeouts).toEqual({
      connectMs: 500,
      firstByteMs: 5_000,
      idleMs: 1_000,
      totalMs: 120_000,
    });
    expect(section.upstreams.php?.servers[0]?.script).toEqual({ root: "/srv/app", index: "index.php" });
    expect(JSON.stringify(section)).not.toContain('"pw"');
    expect(JSON.parse(JSON.stringify(section))).toEqual(section);
  });
});
