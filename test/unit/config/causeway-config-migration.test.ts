import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCausewayConfig } from "../../../src/config/causeway-config-load.ts";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";

const upstreams = { flask: ["uwsgi://127.0.0.1:3031"], next: ["http://127.0.0.1:8000"] };

const read = (route: object) =>
  readCausewayConfig({ upstreams, routes: [{ path: "/*", upstream: "flask", ...route }] });
const settingsOf = (route: object) => {
  const { section, mistakes } = read(route);
  expect(mistakes).toEqual([]);
  return section.routes[0];
};
const mistakesOf = (route: object) =>
  read(route).mistakes.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("shadow", () => {
  it("compares safe requests with the functions if nothing else is said", () => {
    expect(settingsOf({ shadow: true })?.shadow).toEqual({
      to: { kind: "function" },
      methods: ["GET", "HEAD"],
      percent: 100,
      ignore: { headers: [], json: [], text: [], whitespace: false },
      maxBodyBytes: 1_048_576,
      timeoutMs: 10_000,
    });
    expect(settingsOf({ shadow: false })?.shadow).toBeUndefined();
  });

  it("reads what is said", () => {
    const shadow = {
      to: { upstream: "next" },
      methods: ["GET", "POST"],
      sample: 12.5,
      ignore: {
        headers: ["X-Served-By"],
        json: ["$.items[*].id", "/a~1b/0", "$.generatedAt", "/items/*/at"],
        text: [/nonce="\w+"/i, "v\\d+"],
        whitespace: true,
      },
      maxBody: "64KB",
      timeout: "2s",
    };
    expect(settingsOf({ shadow, rewrite: "/v1:splat" })?.shadow).toEqual({
      // Servers of one application see the same paths.
      to: { kind: "upstream", upstream: "next", rewrite: "/v1:splat" },
      methods: ["GET", "POST"],
      percent: 12.5,
      ignore: {
        headers: ["x-served-by"],
        json: [["items", null, "id"], ["a/b", "0"], ["generatedAt"], ["items", null, "at"]],
        text: [
          { source: 'nonce="\\w+"', flags: "i" },
          { source: "v\\d+", flags: "" },
        ],
        whitespace: true,
      },
      maxBodyBytes: 65_536,
      timeoutMs: 2_000,
    });
  });

  it("is plain data, so that a build can hold it", () => {
    const { section } = read({ shadow: { ignore: { text: [/a/] } }, cutover: { percent: 5 } });
    expect(JSON.parse(JSON.stringify(section))).toEqual(section);
  });
});

describe("cutover", () => {
  it("keeps clients by a cookie and falls back for safe requests if nothing else is said", () => {
    expect(settingsOf({ cutover: { percent: 10 } })?.cutover).toEqual({
      to: { kind: "function" },
      percent: 10,
      sticky: "cookie",
      fallbackMethods: ["GET", "HEAD", "OPTIONS"],
      maxBodyBytes: 1_048_576,
    });
  });

  it.each([
    [{ sticky: true }, { sticky: "cookie" }],
    [{ sticky: false }, { sticky: false }],
    [{ sticky: "client-address" }, { sticky: "client-address" }],
    [{ fallback: false }, { fallbackMethods: [] }],
    [{ fallback: { methods: ["PUT"], maxBody: "1KB" } }, { fallbackMethods: ["PUT"], maxBodyBytes: 1_024 }],
    [{ to: { upstream: "next" } }, { to: { kind: "upstream", upstream: "next" } }],
  ])("reads %o", (said, expected) => {
    expect(settingsOf({ cutover: { percent: 1, ...said } })?.cutover).toMatchObject(expected);
  });
});

describe("mistakes", () => {
  it.each<[object, string]>([
    [{ shadow: { to: { upstream: "nobody" } } }, 'routes.0.shadow.to: There is no upstream "nobody"'],
    [{ shadow: { to: "functions" } }, 'routes.0.shadow.to: "routes[0].shadow.to" names nobody'],
    [
      { shadow: { to: { upstream: "flask" } } },
      'routes.0.shadow.to: "routes[0].shadow" leads to the one that the route has already',
    ],
    [
      { shadow: { methods: ["get"] } },
      'routes.0.shadow.methods.0: "routes[0].shadow.methods[0]" must be one of "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"',
    ],
    [
      { shadow: { sample: 101 } },
      'routes.0.shadow.sample: "routes[0].shadow.sample" must be a number from 0 to 100',
    ],
    [
      { shadow: { ignore: { json: ["items.id"] } } },
      'routes.0.shadow.ignore.json.0: "routes[0].shadow.ignore.json[0]" is no place in a document',
    ],
    [
      { shadow: { ignore: { text: ["("] } } },
      'routes.0.shadow.ignore.text.0: "routes[0].shadow.ignore.text[0]" is no regular expression',
    ],
    [
      { shadow: { ignore: { headers: ["a b"] } } },
      'routes.0.shadow.ignore.headers.0: "routes[0].shadow.ignore.headers[0]" is no name of a field',
    ],
    [{ shadow: { percent: 1 } }, 'routes.0.shadow.percent: "routes[0].shadow.percent" is no known setting'],
    [{ shadow: "yes" }, 'routes.0.shadow: "routes[0].shadow" must be an object'],
    [{ cutover: {} }, 'routes.0.cutover: "routes[0].cutover.percent" is missing'],
    [
      { cutover: { percent: -1 } },
      'routes.0.cutover.percent: "routes[0].cutover.percent" must be a number from 0 to 100',
    ],
    [
      { cutover: { percent: 1, sticky: "ip" } },
      'routes.0.cutover.sticky: "routes[0].cutover.sticky" must be one of "cookie", "client-address"',
    ],
    [
      { upstream: undefined, function: true, shadow: true },
      'routes.0.shadow: "routes[0].shadow" leads to the one that the route has already',
    ],
    [
      { upstream: undefined, redirect: "/x", cutover: { percent: 1 } },
      'routes.0.cutover: "routes[0].cutover" stands at a route that answers with "redirect"',
    ],
  ])("names what is wrong with %o", (route, expected) => {
    expect(mistakesOf(route)).toContain(expected);
  });

  it("are reported with file and line", async () => {
    const root = await mkdtemp(join(tmpdir(), "causeway-config-migration-"));
    const text =
      'export default {\n  upstreams: { app: "http://127.0.0.1:9" },\n  routes: [{\n    path: "/*", upstream: "app",\n    cutover: { percent: 200 },\n  }],\n};\n';
    await writeFile(join(root, "causeway.config.ts"), text);
    const { problems } = await loadCausewayConfig(root);
    await rm(root, { recursive: true, force: true });
    expect(problems).toMatchObject([{ file: "causeway.config.ts", line: 5, code: "causeway-config" }]);
  });
});
