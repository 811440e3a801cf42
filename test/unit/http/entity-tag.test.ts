import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type EntityTag,
  formatEntityTag,
  isStrongMatch,
  isWeakMatch,
  parseEntityTag,
  parseEntityTagSet,
} from "../../../src/http/entity-tag.ts";

const strong = (opaque: string): EntityTag => ({ weak: false, opaque });
const weak = (opaque: string): EntityTag => ({ weak: true, opaque });

const anyTag = fc.record({
  weak: fc.boolean(),
  opaque: fc.stringMatching(/^[!#-~\x80-\xff]{0,20}$/),
});

describe("parseEntityTag", () => {
  test.each<[string, EntityTag]>([
    ['"abc"', strong("abc")],
    ['W/"abc"', weak("abc")],
    ['""', strong("")],
    ['"a,b"', strong("a,b")],
    [' "abc"\t', strong("abc")],
  ])("reads %s", (text, tag) => {
    expect(parseEntityTag(text)).toEqual(tag);
  });

  test.each(["abc", 'w/"abc"', '"abc', 'abc"', '"a b"', '"a"b"', "*", "", 'W/ "a"', '"a", "b"', "'a'"])(
    "takes %j for no tag",
    (text) => {
      expect(parseEntityTag(text)).toBeUndefined();
    },
  );
});

describe("parseEntityTagSet", () => {
  test("tells the asterisk from a tag", () => {
    expect(parseEntityTagSet(" * ")).toBe("*");
    expect(parseEntityTagSet('"*"')).toEqual([strong("*")]);
  });

  test("reads lists with whitespace, empty members and commas inside tags", () => {
    expect(parseEntityTagSet(' , "a" ,\tW/"b,c",, "d"')).toEqual([strong("a"), weak("b,c"), strong("d")]);
  });

  test.each(["", " ", ",", "abc", '"a" "b"', '"a", b', '*, "a"', '"a"; "b"', '"a'])(
    "takes %j for a set that matches nothing",
    (text) => {
      expect(parseEntityTagSet(text)).toEqual([]);
    },
  );

  test("gives back every list that can be written", () => {
    fc.assert(
      fc.property(fc.array(anyTag), fc.stringMatching(/^[ \t]{0,3},[ \t]{0,3}$/), (tags, comma) => {
        expect(parseEntityTagSet(tags.map(formatEntityTag).join(comma))).toEqual(tags);
      }),
    );
  });

  test("reads long garbage in linear time", () => {
    expect(parseEntityTagSet(" ".repeat(100_000))).toEqual([]);
    expect(parseEntityTagSet(`${'"a",'.repeat(20_000)}x`)).toEqual([]);
  });
});

describe("comparison", () => {
  test.each<[EntityTag, EntityTag, boolean, boolean]>([
    [weak("1"), weak("1"), false, true],
    [weak("1"), weak("2"), false, false],
    [weak("1"), strong("1"), false, true],
    [strong("1"), strong("1"), true, true],
  ])("follows the table of RFC 9110 §8.8.3.2: %j and %j", (a, b, isStrong, isWeak) => {
    expect([isStrongMatch(a, b), isWeakMatch(a, b)]).toEqual([isStrong, isWeak]);
  });
});
