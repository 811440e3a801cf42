import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSelection, normalizeField } from "../../../src/http/selecting-fields.ts";

describe("fields that mean the same", () => {
  it.each([
    ["foo", "1,2", " 1 ,  2 "],
    ["foo", "1,2", "1,,2,"],
    ["accept-language", "en, de", "DE,en"],
    ["accept-language", "de;q=0.5, en", "en;q=1.0, de; q=0.50"],
    ["accept-encoding", "gzip, br", "br, gzip"],
    ["x", '"a, b",c', '"a, b" , c'],
  ])("%s: %s and %s", (name, a, b) => {
    expect(normalizeField(name, a)).toBe(normalizeField(name, b));
  });
});

describe("fields that do not", () => {
  it.each([
    ["foo", "1,2", "2,1"],
    ["foo", "a", "A"],
    ["accept-language", "en;q=0.5, de", "en, de;q=0.5"],
    ["accept-language", "en;q=0, de", "de"],
    ["x", '"a, b"', '"a,b"'],
    ["cookie", "a=1, b=2", "a=1,b=2"],
    ["user-agent", "x (a, b)", "x (a,b)"],
  ])("%s: %s and %s", (name, a, b) => {
    expect(normalizeField(name, a)).not.toBe(normalizeField(name, b));
  });

  it("are one that is absent and one that is empty", () => {
    const absent = formatSelection(new Headers(), ["foo"]);
    expect(formatSelection(new Headers({ foo: "" }), ["foo"])).not.toBe(absent);
  });

  it("are those that only look alike when they are written one after the other", () => {
    const one = formatSelection(new Headers({ a: "1", b: "" }), ["a", "b"]);
    expect(formatSelection(new Headers({ a: "1" }), ["a", "b"])).not.toBe(one);
  });
});

it("changes nothing of what it has normalised", () => {
  const field = fc.array(fc.stringMatching(/^[a-zA-Z0-9;=." *-]{0,8}$/)).map((members) => members.join(","));
  fc.assert(
    fc.property(fc.constantFrom("foo", "accept-language", "accept-encoding"), field, (name, value) => {
      const once = normalizeField(name, value);
      expect(normalizeField(name, once)).toBe(once);
    }),
  );
});

it("takes time in proportion to the field", () => {
  const startedAt = performance.now();
  for (const part of ['"', "\\", ",", '"\\', " ", "a;q=", '",'])
    normalizeField("accept-language", part.repeat(30_000));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
