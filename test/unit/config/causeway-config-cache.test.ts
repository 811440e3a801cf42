import { describe, expect, it } from "vitest";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";

const UPSTREAMS = { app: ["http://127.0.0.1:1"] };

const read = (cache: unknown) => readCausewayConfig({ cache });
const readRoute = (cache: unknown) =>
  readCausewayConfig({ upstreams: UPSTREAMS, routes: [{ path: "/*", upstream: "app", cache }] });

describe("the cache of a server", () => {
  it.each([
    [undefined, undefined],
    [{}, {}],
    [
      { memory: "1MB", disk: true },
      { memoryBytes: 1_048_576, disk: {} },
    ],
    [{ disk: false }, { disk: false }],
    [{ disk: { folder: "/c", maxSize: "1GB" } }, { disk: { folder: "/c", maxBytes: 1_073_741_824 } }],
    [{ redis: "redis://h:1" }, { redis: { url: "redis://h:1", channel: "causeway:purge" } }],
    [{ redis: true }, { redis: { channel: "causeway:purge" } }],
    [{ redis: { channel: "c" } }, { redis: { channel: "c" } }],
    [{ redis: false }, {}],
  ])("%j", (cache, settings) => {
    const { section, mistakes } = read(cache);
    expect(mistakes).toEqual([]);
    expect(section.cache).toEqual(settings);
  });

  it.each([
    [{ size: 1 }, "no known setting"],
    [{ memory: "much" }, "must be a size"],
    [{ disk: "yes" }, "must be an object"],
    [{ redis: "http://h" }, "must be the URL of a Redis"],
    [{ redis: "redis://user:secret@h" }, "holds a password"],
  ])("%j is refused", (cache, message) => {
    const { mistakes } = read(cache);
    expect(mistakes.map((mistake) => mistake.message).join()).toContain(message);
    expect(JSON.stringify(mistakes)).not.toContain("secret");
  });
});

describe("the cache of a route", () => {
  it("has rules of its own", () => {
    const { section, mistakes } = readRoute({
      defaultTtl: "1m",
      negativeTtl: "5s",
      heuristic: 0,
      staleOnFailure: "1d",
      storeSetCookie: true,
      ignoreRequestDirectives: true,
    });
    expect(mistakes).toEqual([]);
    expect(section.routes[0]?.cache).toEqual({
      enabled: true,
      defaultSeconds: 60,
      negativeSeconds: 5,
      heuristicFraction: 0,
      staleOnFailureSeconds: 86_400,
      storeSetCookie: true,
      ignoreRequestDirectives: true,
    });
  });

  it("is on or off in a word", () => {
    expect(readRoute(true).section.routes[0]?.cache).toEqual({ enabled: true });
    expect(readRoute(false).section.routes[0]?.cache).toEqual({ enabled: false });
    expect(readRoute(undefined).section.routes[0]?.cache).toBeUndefined();
  });

  it.each([
    [{ heuristic: 2 }, "from 0 to 1"],
    [{ ttl: 1 }, "no known setting"],
    [{ storeSetCookie: "yes" }, "must be true or false"],
  ])("%j is refused", (cache, message) => {
    expect(
      readRoute(cache)
        .mistakes.map((mistake) => mistake.message)
        .join(),
    ).toContain(message);
  });
});
