// A 103 in front of a page that functions still decide about: where a site wants it, for browsers that navigate.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../conformance/build-site.ts";
import { type LaunchedSite, launch, SERVER_RUNTIMES } from "./launch.ts";
import { sendRaw } from "./raw-request.ts";

const PAGE = "<link rel=preload as=style href=/a.css><link rel=preconnect href=https://cdn.example>";
const LINKS = '</a.css>; rel="preload"; as=style, <https://cdn.example>; rel="preconnect"';
const FILES: Record<string, string> = {
  "wrangler.toml": 'compatibility_date = "2025-09-01"\n',
  "package.json": JSON.stringify({ causeway: { earlyHints: "before-functions" } }),
  "functions/guarded/_middleware.js": `export async function onRequest({ request, next }) {
  return request.headers.has("cookie") ? next() : new Response("no", { status: 403 });
}`,
  "public/index.html": PAGE,
  "public/guarded/index.html": PAGE,
  "public/guarded/plain.html": PAGE,
  "public/_headers": "/guarded/plain\n  ! Link\n",
};

let root: string;
let sites: LaunchedSite[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-hints-"));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await buildSite(root, join(root, "dist"), SERVER_RUNTIMES);
  sites = await Promise.all(SERVER_RUNTIMES.map((runtime) => launch(runtime, join(root, "dist"))));
}, 60_000);

afterAll(async () => {
  await Promise.all(sites.map((site) => site.stop()));
  await rm(root, { recursive: true, force: true });
});

const NAVIGATION = "Sec-Fetch-Mode: navigate\r\nCookie: a=b";

/** The answers of all runtimes. */
function ask(path: string, fields: string, method = "GET", version = "1.1") {
  const head = `${method} ${path} HTTP/${version}\r\nHost: a\r\nConnection: close\r\n${fields}`;
  return Promise.all(sites.map(({ origin }) => sendRaw(origin, head)));
}

const statusesOf = async (replies: ReturnType<typeof ask>) => (await replies).map(({ statuses }) => statuses);
const everywhere = (statuses: number[]) => SERVER_RUNTIMES.map(() => statuses);

describe("a navigation to a page behind functions", () => {
  it("is told the links before the answer, which has them too", async () => {
    for (const { statuses, text } of await ask("/guarded/", NAVIGATION)) {
      expect(statuses).toEqual([103, 200]);
      const [interim, final] = text.split("\r\n\r\n");
      expect(interim).toBe(`HTTP/1.1 103 Early Hints\r\nLink: ${LINKS}`);
      expect(final).toContain(`link: ${LINKS}`);
    }
  });

  it("is told so even if the functions refuse: that is why a site must ask for it", async () => {
    const replies = ask("/guarded/", "Sec-Fetch-Mode: navigate");
    expect(await statusesOf(replies)).toEqual(everywhere([103, 403]));
  });
});

describe("no 103 comes", () => {
  it.each([
    ["for a page that no function stands before", "/", NAVIGATION],
    ["without a navigation", "/guarded/", "Cookie: a=b"],
    ["for a page whose links are detached", "/guarded/plain", NAVIGATION],
    ["for what is no page", "/guarded/missing.css", NAVIGATION],
    ["to HEAD", "/guarded/", NAVIGATION, "HEAD"],
    ["to HTTP/1.0, which knows no interim answers", "/guarded/", NAVIGATION, "GET", "1.0"],
  ])("%s", async (_name, path, fields, method?: string, version?: string) => {
    expect(await statusesOf(ask(path, fields, method, version))).toEqual(everywhere([200]));
  });
});
