import { describe, expect, it } from "vitest";
import { parsePurgeSelection } from "../../../src/contract/purge-selection.ts";
import { isSelected, type PurgeSelection } from "../../../src/contract/response-cache.ts";

const isMeant = (key: string, selection: PurgeSelection, tags: string[] = []) =>
  isSelected({ key, tags }, selection);

describe("a purge", () => {
  it.each<[unknown, PurgeSelection | undefined]>([
    [{ kind: "all" }, { kind: "all" }],
    [
      { kind: "tag", tag: "a" },
      { kind: "tag", tag: "a" },
    ],
    [
      { kind: "url", url: "HTTPS://Example.COM:443/a b#top" },
      { kind: "url", url: "https://example.com/a%20b" },
    ],
    [
      { kind: "url", url: "/ü?q" },
      { kind: "url", url: "/%C3%BC?q" },
    ],
    [
      { kind: "prefix", prefix: "https://example.com/news" },
      { kind: "prefix", prefix: "https://example.com/news" },
    ],
    [{ kind: "tag" }, undefined],
    [{ kind: "url", url: "" }, undefined],
    [{ kind: "prefix", prefix: 7 }, undefined],
    [{ kind: "everything" }, undefined],
    [null, undefined],
    ["all", undefined],
  ])("%j is %j", (document, selection) => {
    expect(parsePurgeSelection(document)).toEqual(selection);
  });

  it("by URL means it in every named cache, whichever the scheme", () => {
    const url: PurgeSelection = { kind: "url", url: "https://example.com/a" };
    expect(isMeant("http://example.com/a", url)).toBe(true);
    expect(isMeant("route 1-x\nhttps://example.com/a", url)).toBe(true);
    expect(isMeant("http://example.com/a?b", url)).toBe(false);
    expect(isMeant("http://other.example/a", url)).toBe(false);
  });

  it("by path means every host", () => {
    expect(isMeant("http://example.com/a", { kind: "url", url: "/a" })).toBe(true);
    expect(isMeant("route 1\nhttp://127.0.0.1:8787/a", { kind: "url", url: "/a" })).toBe(true);
    expect(isMeant("http://example.com/b/a", { kind: "url", url: "/a" })).toBe(false);
    expect(isMeant("http://example.com/a/b?c", { kind: "prefix", prefix: "/a/" })).toBe(true);
    expect(isMeant("http://a/x", { kind: "prefix", prefix: "/a/" })).toBe(false);
  });

  it("by prefix begins at the host", () => {
    const prefix: PurgeSelection = { kind: "prefix", prefix: "http://example.com/news/" };
    expect(isMeant("https://example.com/news/1", prefix)).toBe(true);
    expect(isMeant("https://example.com/newspaper", prefix)).toBe(false);
    expect(isMeant("https://example.com.evil.test/news/1", prefix)).toBe(false);
  });
});
