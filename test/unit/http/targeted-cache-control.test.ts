import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTargetedField, selectDirectives } from "../../../src/http/targeted-cache-control.ts";

describe("parseTargetedField", () => {
  it.each([
    ["max-age=60", [["max-age", "60"]]],
    [
      "  max-age=60 , private  ",
      [
        ["max-age", "60"],
        ["private", true],
      ],
    ],
    [
      'max-age=60;ext=1;other, no-store;a="x"',
      [
        ["max-age", "60"],
        ["no-store", true],
      ],
    ],
    ['private="a, b"', [["private", "a, b"]]],
    ['x="a\\"b"', [["x", 'a"b']]],
    ["no-store=?1, private=?0", [["no-store", true]]],
    ["max-age=5, max-age=60", [["max-age", "60"]]],
    [
      'list=(1 2 "a");p, max-age=60',
      [
        ["list", '(1 2 "a")'],
        ["max-age", "60"],
      ],
    ],
    [
      "token=abc/d, bytes=:YQ==:, decimal=1.5",
      [
        ["token", "abc/d"],
        ["bytes", ":YQ==:"],
        ["decimal", "1.5"],
      ],
    ],
  ])("reads %s", (field, expected) => {
    expect([...(parseTargetedField(field) ?? [])]).toEqual(expected);
  });

  it.each([
    "",
    " ",
    "max-age=60,",
    "max-age=60, &&&",
    "max-age =60",
    "max-age= 60",
    "Max-Age=60",
    'private="a',
    "max-age=60;;",
    "(1 2)",
    "max-age=60 private",
    "é",
  ])("takes %j for no dictionary", (field) => {
    expect(parseTargetedField(field)).toBeUndefined();
  });

  it.each(['max-age="60"', "max-age=60.0", "max-age=-1", "max-age", "s-maxage=x"])(
    "drops a lifetime of the wrong type: %s",
    (field) => {
      expect(parseTargetedField(field)?.size).toBe(0);
    },
  );

  it("takes time in proportion to the field", () => {
    for (const part of ["a=1;", "a,", 'a="\\"', "a=(1 ", "a;b=", "  "]) {
      const startedAt = performance.now();
      parseTargetedField(part.repeat(4_096 / part.length));
      parseTargetedField(`${part.repeat(4_000 / part.length)}\u0000`);
      expect(performance.now() - startedAt).toBeLessThan(100);
    }
    expect(parseTargetedField(`max-age=60, x="${"a".repeat(5_000)}"`)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (field) => void parseTargetedField(field)));
  });
});

describe("selectDirectives", () => {
  const select = (fields: Record<string, string>) => {
    const { directives, isTargeted } = selectDirectives(new Headers(fields), [
      "site-cache-control",
      "cdn-cache-control",
    ]);
    return [Object.fromEntries(directives), isTargeted];
  };

  it("takes the first valid field of the list, then Cache-Control", () => {
    const fields = { "cdn-cache-control": "max-age=2", "cache-control": "max-age=3" };
    expect(select({ ...fields, "site-cache-control": "max-age=1" })).toEqual([{ "max-age": "1" }, true]);
    expect(select({ ...fields, "site-cache-control": "&" })).toEqual([{ "max-age": "2" }, true]);
    expect(select({ "cache-control": "max-age=3" })).toEqual([{ "max-age": "3" }, false]);
    expect(select({ "cache-control": "max-age=3", "cdn-cache-control": "" })).toEqual([
      { "max-age": "3" },
      false,
    ]);
  });
});
