// Hundreds of spellings of paths against every runtime: nothing from outside public/, no dotfile, nothing guarded,
// no 5xx, no hang. And targets that are none. In front of workerd is the door that `--runtime workerd` opens.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorkerdDoor, type WorkerdDoor } from "../../src/runtimes/workerd-door/open-door.ts";
import { buildSite } from "../conformance/build-site.ts";
import { type LaunchedSite, launch, RUNTIMES, type RuntimeName } from "./launch.ts";
import { getRaw, type RawReply, sendRaw } from "./raw-request.ts";

const SECRET = "must-not-be-seen";
const FILES: Record<string, string> = {
  "wrangler.toml": 'compatibility_date = "2025-09-01"\n',
  "functions/admin/_middleware.ts": 'export const onRequest = () => new Response("guard", { status: 403 });',
  "functions/deep/admin/[[path]].ts":
    'export const onRequest = () => new Response("guard", { status: 403 });',
  "public/index.html": "home",
  "public/404.html": "nothing here",
  "public/sub/index.html": "sub",
  "public/sub/page.txt": "page",
  "public/admin/page.txt": SECRET,
  "public/deep/admin/page.txt": SECRET,
  "public/.env": SECRET,
  "public/.git/config": SECRET,
  "secret.txt": SECRET,
  "public-backup/secret.txt": SECRET,
};

let root: string;
let sites: LaunchedSite[] = [];
let door: WorkerdDoor;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-targets-"));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await buildSite(root, join(root, "dist"));
  sites = await Promise.all(RUNTIMES.map((runtime) => launch(runtime, join(root, "dist"))));
  const { hostname, port } = siteOf("workerd").origin;
  door = await openWorkerdDoor(0, "127.0.0.1", { host: hostname, port: Number(port) });
}, 60_000);

afterAll(async () => {
  await door.close();
  await Promise.all(sites.map((site) => site.stop()));
  await rm(root, { recursive: true, force: true });
});

function siteOf(runtime: RuntimeName): LaunchedSite {
  return sites.find((site) => site.runtime === runtime) as LaunchedSite;
}

/** Where clients reach a site. */
function originOf(runtime: RuntimeName): URL {
  return runtime === "workerd" ? new URL(`http://127.0.0.1:${door.port}`) : siteOf(runtime).origin;
}

const UPWARDS = [
  "..",
  "%2e%2e",
  ".%2E",
  "%252e%252e",
  "..;",
  "..%00",
  "%c0%ae%c0%ae",
  ".%2e%2e",
  "%u002e%u002e",
];
const SEPARATORS = ["/", "%2f", "%252F", "\\", "%5c", "//", "/./", "%c0%af"];
const PLACES = ["secret.txt", "public-backup/secret.txt", "etc/passwd", ".env", "admin/page.txt"];

/** Ways up from the root and from a directory, to each place. */
function* traversals(): Generator<string> {
  for (const start of ["/", "/sub/", "/sub/page.txt/"])
    for (const up of UPWARDS)
      for (const separator of SEPARATORS)
        for (const depth of [1, 4])
          for (const place of PLACES) yield start + `${up}${separator}`.repeat(depth) + place;
}

/** Spellings of guarded files and dotfiles. */
function* spellings(): Generator<string> {
  const edits: ((path: string) => string)[] = [
    (path) => path.replace("a", "%61").replace(".e", "%2ee"),
    (path) => path.replaceAll("/", "%2F").replace("%2F", "/"),
    (path) => path.replaceAll("/", "//"),
    (path) => path.replaceAll("/", "/./"),
    (path) => path.replaceAll("/", "/x/../"),
    (path) => path.replaceAll("/", "/x/%2e%2e/"),
    (path) => path.replaceAll("/", "\\"),
    (path) => `/${path.slice(1).replaceAll("/", "%5C")}`,
    (path) => path.toUpperCase(),
    (path) => path.replaceAll("/", "/;/"),
    (path) => `${path}/`,
    (path) => `${path}%00`,
    (path) => `${path}%20`,
    (path) => `${path}.`,
    (path) => `${path}::$DATA`,
    (path) => `${path}?raw`,
    (path) => `/sub/..${path}`,
    (path) => `/sub/..%2f${path.slice(1)}`,
    (path) => `//evil.example${path}`,
    (path) => `http://127.0.0.1${path}`,
    (path) => encodeURIComponent(encodeURIComponent(path)).replace("%252F", "/"),
  ];
  for (const path of ["/admin/page.txt", "/deep/admin/page.txt", "/.env", "/.git/config"])
    for (const edit of edits) yield edit(path);
}

function faultsOf(target: string, { statuses, text, isHanging }: RawReply): string[] {
  const faults: string[] = [];
  if (text.includes(SECRET) || text.includes("root:x:0:0")) faults.push("shows what it must not");
  if (statuses.some((status) => status >= 500)) faults.push(`answers ${statuses}`);
  if (statuses.length > 1) faults.push(`${statuses.length} responses`);
  if (isHanging) faults.push("hangs");
  const location = /^location: *(.*)$/im.exec(text)?.[1] ?? "/";
  if (!/^(?:\/(?![/\\])|http:\/\/(?:127\.0\.0\.1|localhost)[:/])/.test(location))
    faults.push(`leads to ${location}`);
  return faults.map((fault) => `${JSON.stringify(target)} ${fault}`);
}

/** A few connections at a time. */
async function findFaults(origin: URL, targets: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  let next = 0;
  const work = async () => {
    for (let target = targets[next++]; target !== undefined; target = targets[next++])
      faults.push(...faultsOf(target, await getRaw(origin, target)));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return faults;
}

describe.each(RUNTIMES)("on %s", (runtime) => {
  it("no spelling of a path shows what is outside, hidden or guarded", { timeout: 60_000 }, async () => {
    // wrangler's local server takes 20 ms for each request.
    const share = runtime === "workerd" ? 40 : 1;
    const ways = [...traversals()].filter((target, index) => index % share === 0 && !target.includes(" "));
    const targets = [...new Set([...ways, ...spellings()])];
    expect(targets.length).toBeGreaterThan(120);
    expect(await findFaults(originOf(runtime), targets)).toEqual([]);
  });
});

/** Targets and heads that must be refused. */
const REFUSED: [name: string, head: string][] = [
  ["no slash", "GET index.html HTTP/1.1\r\nHost: a"],
  ["an authority alone", "GET localhost:80 HTTP/1.1\r\nHost: a"],
  ["a dot", "GET . HTTP/1.1\r\nHost: a"],
  ["another scheme", "GET javascript:alert(1) HTTP/1.1\r\nHost: a"],
  ["a file URL", "GET file:///etc/passwd HTTP/1.1\r\nHost: a"],
  ["an absolute form without host", "GET http:///index.html HTTP/1.1\r\nHost: a"],
  ["an absolute form with a broken host", "GET http://[::1/x HTTP/1.1\r\nHost: a"],
  ["a fragment", "GET /# HTTP/1.1\r\nHost: a"],
  ["a space", "GET /a b HTTP/1.1\r\nHost: a"],
  ["a tab", "GET /a\tb HTTP/1.1\r\nHost: a"],
  ["DEL", "GET /a\x7fb HTTP/1.1\r\nHost: a"],
  ["bytes that are not UTF-8", "GET /a\xe9b HTTP/1.1\r\nHost: a"],
  ["an empty Host", "GET / HTTP/1.1\r\nHost: "],
  ["two hosts", "GET /missing HTTP/1.1\r\nHost: a\r\nHost: b"],
  ["a Host that is a URL", "GET / HTTP/1.1\r\nHost: http://a"],
  ["a tunnel", "CONNECT a:22 HTTP/1.1\r\nHost: a"],
];

describe.each(RUNTIMES)("%s refuses", (runtime) => {
  it.each(REFUSED)("%s", async (_name, head) => {
    const { statuses, isHanging } = await sendRaw(originOf(runtime), `${head}\r\nConnection: close`);
    expect(isHanging).toBe(false);
    expect(statuses[0] ?? 400).toBe(400);
  });
});

describe("HTTP/1.0 without Host", () => {
  it.each(RUNTIMES)("is served on %s", async (runtime) => {
    const { statuses, text } = await sendRaw(originOf(runtime), "GET / HTTP/1.0");
    expect(statuses).toEqual([200]);
    expect(text).toContain("home");
  });
});
