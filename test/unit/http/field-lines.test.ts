import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFieldValue, isToken, parseFieldLines } from "../../../src/http/field-lines.ts";

const parse = (text: string) => parseFieldLines(text, 0, text.length);

describe("parseFieldLines", () => {
  test.each<[string, string[]]>([
    ["", []],
    ["A: b\r\n", ["a", "b"]],
    ["A:b\r\nA:c\r\n", ["a", "b", "a", "c"]],
    ["A: \t b c \t\r\n", ["a", "b c"]],
    ["A:\r\n", ["a", ""]],
    ["A: b: c\r\n", ["a", "b: c"]],
    ["A: \xe9\xff\r\n", ["a", "\xe9\xff"]],
    ["!#$%&'*+-.^_`|~9: x\r\n", ["!#$%&'*+-.^_`|~9", "x"]],
  ])("reads %j", (text, fields) => {
    expect(parse(text)).toEqual(fields);
  });

  test.each([
    ["no colon", "A\r\n"],
    ["no colon before another line", "A\r\nB: c\r\n"],
    ["no name", ": b\r\n"],
    ["white space before the colon", "A : b\r\n"],
    ["white space before the name", " A: b\r\n"],
    ["a folded line", "A: b\r\n c\r\n"],
    ["a folded line with a colon", "A: b\r\n c: d\r\n"],
    ["LF alone", "A: b\nC: d\r\n"],
    ["CR alone", "A: b\rC: d\r\n"],
    ["CR twice", "A: b\r\r\n"],
    ["an empty line", "A: b\r\n\r\nC: d\r\n"],
    ["NUL in a value", "A: b\0\r\n"],
    ["DEL in a value", "A: b\x7f\r\n"],
    ["a character that is no byte", "A: \u0100\r\n"],
    ["a separator in a name", "A(b: c\r\n"],
    ["a name beyond ASCII", "\xe9: c\r\n"],
    ["no end of the line", "A: b"],
  ])("refuses %s", (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test("reads between two places only", () => {
    const text = "GET / HTTP/1.1\r\nA: b\r\n\r\nC: d\r\n";
    expect(parseFieldLines(text, 16, 22)).toEqual(["a", "b"]);
  });

  test("reads whatever was written from tokens and values", () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~\dA-Za-z]{1,20}$/);
    const value = fc.stringMatching(
      /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?$/,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(token, value)), (lines) => {
        const text = lines.map(([name, text]) => `${name}: ${text}\r\n`).join("");
        expect(parse(text)).toEqual(lines.flatMap(([name, text]) => [name.toLowerCase(), text]));
      }),
    );
  });

  test("never finds a line break, a control or white space at an end in what it read", () => {
    const part = fc.constantFrom("a", "B", ":", " ", "\t", "\r\n", "\r", "\n", "\0", "\xff", "\u0100");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const fields = parse(`${parts.join("")}\r\n`) ?? [];
        fields.forEach((text, index) => {
          if (index % 2 === 0) expect(isToken(text) && text === text.toLowerCase()).toBe(true);
          else expect(isFieldValue(text) && text === text.replace(/^[ \t]+|[ \t]+$/g, "")).toBe(true);
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
