import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChunkedDecoder, MalformedBodyError } from "../../../src/http/chunked-body.ts";

interface Decoded {
  data: string;
  isOver: boolean;
  /** How many bytes were taken. */
  end: number;
}

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Gives a text to a decoder in pieces of these lengths, the last one being the rest. */
function decode(text: string, lengths: readonly number[] = []): Decoded {
  const decoder = new ChunkedDecoder();
  let data = "";
  let end = 0;
  let start = 0;
  for (const length of [...lengths, text.length]) {
    const piece = bytesOf(text.slice(start, start + length));
    end += decoder.push(piece, 0, (bytes) => {
      data += String.fromCharCode(...bytes);
    });
    start += length;
  }
  return { data, isOver: decoder.isOver, end };
}

describe("ChunkedDecoder", () => {
  test.each([
    ["0\r\n\r\n", ""],
    ["3\r\nabc\r\n0\r\n\r\n", "abc"],
    ["1\r\na\r\n00002\r\nbc\r\n000\r\n\r\n", "abc"],
    ["A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij"],
    ['3;name=value;other="a b"\r\nabc\r\n0;last\r\n\r\n', "abc"],
    ["3\r\n\r\n0\r\n0\r\nA: b\r\nC: d\r\n\r\n", "\r\n0"],
  ])("takes %j apart", (text, data) => {
    expect(decode(text)).toEqual({ data, isOver: true, end: text.length });
  });

  test("stops behind the end", () => {
    expect(decode("1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK")).toEqual({ data: "a", isOver: true, end: 11 });
  });

  test.each(["", "3", "3\r\nab", "3\r\nabc\r\n", "0\r\n", "0\r\nA: b\r\n"])(
    "is not over after %j",
    (text) => {
      expect(decode(text).isOver).toBe(false);
    },
  );

  test.each([
    ["no size", "\r\nabc"],
    ["no size before an extension", ";a\r\n"],
    ["a size with a sign", "+3\r\nabc\r\n"],
    ["a size with a prefix", "0x3\r\nabc\r\n"],
    ["white space behind the size", "3 \r\nabc\r\n"],
    ["white space before the size", " 3\r\nabc\r\n"],
    ["a size beyond counting", `${"f".repeat(13)}\r\n`],
    ["LF alone behind the size", "3\nabc\r\n"],
    ["CR alone behind the size", "3\rabc"],
    ["LF alone in an extension", "3;a\nabc\r\n"],
    ["data longer than its size", "3\r\nabcd\r\n"],
    ["LF alone behind the data", "3\r\nabc\n0\r\n\r\n"],
    ["a control in a trailer", "0\r\nA: \0\r\n\r\n"],
    ["LF alone in a trailer", "0\r\nA: b\n\r\n"],
    ["LF alone at the end", "0\r\n\n"],
    ["too much of extensions", `1;${"a".repeat(9_000)}\r\na\r\n1;${"a".repeat(9_000)}\r\n`],
    ["too much of trailers", `0\r\n${"A: b\r\n".repeat(10_000)}`],
  ])("refuses %s", (_, text) => {
    expect(() => decode(text)).toThrow(MalformedBodyError);
  });

  test("gives the same, however the bytes are split", () => {
    const chunk = fc.tuple(fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }), fc.boolean());
    const body = fc.record({ chunks: fc.array(chunk), trailers: fc.boolean() });
    const lengths = fc.array(fc.nat(12));
    fc.assert(
      fc.property(body, lengths, ({ chunks, trailers }, split) => {
        const framed = chunks.map(
          ([data, isExtended]) => `${data.length.toString(16)}${isExtended ? ";a=b" : ""}\r\n${data}\r\n`,
        );
        const text = `${framed.join("")}0\r\n${trailers ? "X-T: 1\r\n" : ""}\r\n`;
        const data = chunks.map(([part]) => part).join("");
        expect(decode(text, split)).toEqual({ data, isOver: true, end: text.length });
      }),
    );
  });
});
