import { describe, expect, test } from "vitest";
import { deltaSeconds, formatCacheControl, parseCacheControl } from "../../../src/http/cache-control.ts";

describe("parseCacheControl", () => {
  test("reads names in any case, tokens, quoted strings and bare directives", () => {
    const directives = parseCacheControl(
      'Public, max-age=60, no-cache="a, b", private="x\\"y" ,s-maxage="10"',
    );
    expect(Object.fromEntries(directives)).toEqual({
      public: true,
      "max-age": "60",
      "no-cache": "a, b",
      private: 'x"y',
      "s-maxage": "10",
    });
  });

  test("takes the first of repeated directives", () => {
    expect(parseCacheControl("max-age=1, max-age=2").get("max-age")).toBe("1");
  });

  test.each([null, "", " , ", "=1"])("%j holds nothing of use", (field) => {
    expect(deltaSeconds(parseCacheControl(field), "max-age")).toBeUndefined();
  });

  test("does not take a directive from inside a quoted string", () => {
    expect(parseCacheControl('foo="no-store, max-age=1"').has("no-store")).toBe(false);
  });

  test("reads long garbage in linear time", () => {
    expect(parseCacheControl(`${"a=".repeat(30_000)}"`).size).toBe(1);
    expect(parseCacheControl(`a="${"\\".repeat(60_001)}`).size).toBeLessThan(3);
  });
});

describe("deltaSeconds", () => {
  test("caps what overflows and refuses what is no number", () => {
    const directives = parseCacheControl("a=99999999999999, b=-1, c=1.5, d, e=60");
    expect(["a", "b", "c", "d", "e", "f"].map((name) => deltaSeconds(directives, name))).toEqual([
      2 ** 31,
      undefined,
      undefined,
      undefined,
      60,
      undefined,
    ]);
  });
});

describe("formatCacheControl", () => {
  test("writes what parseCacheControl reads back", () => {
    const text = formatCacheControl({
      public: true,
      "max-age": 60,
      "no-store": false,
      x: 'a "b"',
      y: undefined,
    });
    expect(text).toBe('public, max-age=60, x="a \\"b\\""');
    expect(parseCacheControl(text).get("x")).toBe('a "b"');
  });
});
