// A route on its way from one application to functions, asked through a build on every runtime: compared, moved,
// caught where it fails. Node, Bun and Deno count for `causeway shadow`; Workers tell the log.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MigrationReport } from "../../src/cli/migration-report.ts";
import { startCli } from "../cli/run-cli.ts";
import { buildSite } from "../conformance/build-site.ts";
import { ask, type Question, type Reply } from "../process/proxy/ask.ts";
import { type LaunchedSite, launch, RUNTIMES } from "./launch.ts";

let folder: string;
let origin: Server;
let port: number;

/** What the application before answers; everything of it is told apart from the functions by `x-by`. */
function createOrigin(): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://origin.test");
    const say = (body: string, headers: Record<string, string | string[]> = {}) =>
      response
        .writeHead(200, { "content-type": "text/plain;charset=UTF-8", "x-by": "before", ...headers })
        .end(body);
    if (pathname === "/same")
      return say('{"a":1,"b":[2]}', { "content-type": "application/json", "set-cookie": ["a=1", "b=2"] });
    if (pathname === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "x-by": "before" });
      return response.write("data: 1\n\n");
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => say(`${request.method} ${pathname} ${Buffer.concat(chunks)}`));
  });
}

const FUNCTIONS = {
  "same.ts": `export const onRequest = () => new Response('{ "b": [2.0], "a": 1 }', {
  headers: [["content-type", "application/json"], ["x-by", "function"], ["set-cookie", "b=3"], ["set-cookie", "a=4"]],
});`,
  "differs.ts": `export const onRequest = ({ request }) => new Response("mark " + request.headers.get("causeway-shadow"), {
  headers: { "x-by": "function" },
});`,
  "mark.ts": `export const onRequest = ({ request }) => new Response(String(request.headers.get("causeway-shadow")));`,
  "throws.ts": `export const onRequest = () => { throw new Error("broken inside"); };`,
  "moved.ts": `export const onRequest = () => new Response("moved", { headers: { "x-by": "function" } });`,
  "events.ts": `export const onRequest = () => new Response("never");`,
};

const configuration = (url: string) => `const shadow = { ignore: { headers: ["x-by"] } };
export default {
  upstreams: { app: "${url}" },
  routes: [
    { path: "/mark", function: true },
    { path: "/plain/*", upstream: "app", rewrite: "/:splat" },
    { path: "/same", upstream: "app", shadow },
    { path: "/events", upstream: "app", shadow },
    { path: "/differs", upstream: "app", shadow: { ...shadow, methods: ["GET", "POST"] } },
    { path: "/moved", upstream: "app", cutover: { percent: 50 } },
    { path: "/throws", upstream: "app", cutover: { percent: 100, fallback: { methods: ["GET", "PUT"] } } },
  ],
};\n`;

beforeAll(async () => {
  origin = createOrigin();
  await new Promise<void>((done) => origin.listen(0, "127.0.0.1", done));
  folder = await mkdtemp(join(tmpdir(), "causeway-migration-"));
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const files = Object.entries(FUNCTIONS).map(([name, text]) => [`functions/${name}`, text] as const);
  for (const [name, text] of [...files, ["causeway.config.ts", configuration(url)] as const]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await buildSite(folder, join(folder, "dist"));
}, 60_000);

afterAll(async () => {
  origin.closeAllConnections();
  await new Promise((done) => origin.close(done));
  await causeway("--reset");
  await rm(folder, { recursive: true, force: true });
});

async function causeway(...options: string[]) {
  return startCli(["shadow", folder, ...options]).finished;
}

async function report(route: string): Promise<MigrationReport | undefined> {
  const { stdout } = await causeway("--json");
  return (JSON.parse(stdout) as { routes: MigrationReport[] }).routes.find((found) => found.route === route);
}

/** Comparisons come after the answers, and are written a moment later still. */
const SOON = { timeout: 15_000 };

const get = (question: Question) => ask(port, question);

describe.each(RUNTIMES)("a moving route on %s", (runtime) => {
  const counts = runtime !== "workerd";
  let site: LaunchedSite;

  beforeAll(async () => {
    await causeway("--reset");
    site = await launch(runtime, join(folder, "dist"));
    port = Number(site.origin.port);
  }, 60_000);

  afterAll(() => site?.stop());

  it("answers with what stands in front, every cookie and byte of it", async () => {
    for (const method of ["GET", "HEAD"]) {
      const reply = await get({ path: "/same", method });
      expect([reply.status, reply.headers["x-by"], reply.headers["set-cookie"]]).toEqual([
        200,
        "before",
        ["a=1", "b=2"],
      ]);
      expect(reply.body.toString()).toBe(method === "HEAD" ? "" : '{"a":1,"b":[2]}');
    }
    if (!counts) return;
    await expect
      .poll(() => report("/same"), SOON)
      .toMatchObject({ shadow: { requests: 2, equal: 2, parity: 100 } });
  });

  it("frames answers as they are framed without a shadow", async () => {
    const framing = ({ headers }: Reply) => [headers["content-length"], headers["transfer-encoding"]];
    for (const method of ["GET", "HEAD"]) {
      const [plain, shadowed] = [
        await get({ path: "/plain/same", method }),
        await get({ path: "/same", method }),
      ];
      expect(framing(shadowed)).toEqual(framing(plain));
    }
  });

  it("finds out what differs, also of bodies that are sent", async () => {
    const reply = await get({
      path: "/differs?token=SECRET&page=1",
      method: "POST",
      body: "täxt",
      headers: { cookie: "s=SECRET" },
    });
    expect(reply.body.toString()).toBe("POST /differs täxt");
    const differences = [{ where: "body line 1", expected: "POST /differs täxt", actual: "mark 1" }];
    const request = "POST /differs?token=(not shown)&page=1";
    if (counts) {
      await expect
        .poll(() => report("/differs"), SOON)
        .toMatchObject({
          shadow: { requests: 1, different: 1, parity: 0, examples: [{ request, differences }] },
        });
      expect((await causeway("--json")).stdout).not.toContain("SECRET");
      return;
    }
    await expect.poll(() => site.output(), SOON).toContain(request);
    expect(site.output()).toContain("A shadow answer differs");
    expect(site.output()).not.toContain("SECRET");
  });

  it("passes events on as they come, and compares none", async () => {
    const response = await fetch(new URL("/events", site.origin));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: 1\n\n");
    await reader.cancel();
    if (counts)
      await expect.poll(() => report("/events"), SOON).toMatchObject({ shadow: { skipped: { stream: 1 } } });
  });

  it("lets no client say that its request is a shadow run", async () => {
    const headers = { "Causeway-Shadow": "1" };
    expect((await get({ path: "/mark", headers })).body.toString()).toBe("null");
  });

  it("keeps a client where its cookie has put it, and some of them are moved", async () => {
    const seen = new Set<string>();
    for (let client = 0; client < 24; client += 1) {
      const first = await get({ path: "/moved" });
      const [cookie = ""] = (first.headers["set-cookie"] ?? []).map((text) => text.split(";")[0] as string);
      expect(cookie).toMatch(/^causeway-cutover=[0-9a-f]{16}$/);
      const again = await get({ path: "/moved", headers: { cookie } });
      expect([again.headers["x-by"], again.headers["set-cookie"]]).toEqual([
        first.headers["x-by"],
        undefined,
      ]);
      seen.add(String(first.headers["x-by"]));
    }
    expect([...seen].sort()).toEqual(["before", "function"]);
  });

  it("falls back where the function throws and the request may be sent again", async () => {
    expect((await get({ path: "/throws" })).body.toString()).toBe("GET /throws ");
    const body = "x".repeat(100_000);
    expect((await get({ path: "/throws", method: "PUT", body })).body.toString()).toBe(`PUT /throws ${body}`);
    expect((await get({ path: "/throws", method: "POST", body })).status).toBe(500);
    if (!counts) return;
    const answered = { cutover: { first: 0, other: 1, fallbacks: 2 } };
    await expect.poll(() => report("/throws"), SOON).toMatchObject(answered);
  });
});

describe("causeway shadow", () => {
  it("is a table for people, and a failure where there is too little parity", async () => {
    const site = await launch("node", join(folder, "dist"));
    port = Number(site.origin.port);
    await causeway("--reset");
    await Promise.all(["/same", "/differs", "/throws"].map((path) => get({ path })));
    await expect.poll(() => report("/differs"), SOON).toMatchObject({ shadow: { requests: 1 } });
    await expect.poll(() => report("/same"), SOON).toMatchObject({ shadow: { requests: 1 } });
    await expect.poll(() => report("/throws"), SOON).toMatchObject({ cutover: { fallbacks: 1 } });
    await site.stop();
    const { stdout, code } = await causeway();
    expect(code).toBe(0);
    expect(stdout.replace(/ differed first at .*/, "").split("\n")).toEqual([
      "ROUTE     COMPARED WITH  REQUESTS  EQUAL  DIFFERENT  SKIPPED  PARITY  WHY SKIPPED",
      "/same     functions      1         1      0          0        100 %",
      "/events   functions      0         0      0          0        -",
      "/differs  functions      1         0      1          0        0 %",
      "",
      "/differs: GET /differs",
      "  body line 1",
      "    before  GET /differs ",
      "    now     mark 1",
      "",
      "ROUTE    MOVES TO   CLIENTS  ANSWERED BEFORE  ANSWERED NOW  FELL BACK",
      "/moved   functions  50 %     0                0             0",
      "/throws  functions  100 %    0                0             1",
      "",
    ]);
    const checked = await causeway("--check", "99.9");
    expect(checked.code).toBe(1);
    expect(checked.stderr).toContain(
      'Cannot confirm a parity of 99.9 %: "/events" was not compared, "/differs" has 0 %',
    );
    expect((await causeway("--check", "101")).stderr).toContain('--check cannot be "101"');
  });

  it("adds what a next process counts, and begins anew when told to", async () => {
    await causeway("--reset");
    for (const expected of [1, 2]) {
      const site = await launch("node", join(folder, "dist"));
      port = Number(site.origin.port);
      await get({ path: "/same" });
      await expect.poll(() => report("/same"), SOON).toMatchObject({ shadow: { equal: expected } });
      await site.stop();
    }
    await causeway("--reset");
    expect((await report("/same"))?.shadow?.requests).toBe(0);
  });

  it("forgets while a server runs, which then counts from the beginning", async () => {
    await causeway("--reset");
    const site = await launch("node", join(folder, "dist"));
    port = Number(site.origin.port);
    await get({ path: "/same" });
    await expect.poll(async () => (await report("/same"))?.shadow?.equal, SOON).toBe(1);
    await causeway("--reset");
    await get({ path: "/same" });
    await get({ path: "/same" });
    await expect.poll(async () => (await report("/same"))?.shadow?.equal, SOON).toBe(2);
    await site.stop();
  });

  it("says where nothing was built", async () => {
    const { code, stderr } = await startCli(["shadow", join(folder, "functions")]).finished;
    expect([code, stderr]).toEqual([1, expect.stringContaining("Cannot find a build in")]);
  });
});
