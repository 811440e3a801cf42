import { describe, expect, it } from "vitest";
import { formatHead } from "../../../../src/runtimes/http1/message-text.ts";

const LINE = "HTTP/1.1 200 OK\r\n";

describe("formatHead", () => {
  it("writes a status and fields, and says which of them settle framing and date", () => {
    expect(formatHead(200, undefined, ["a", "1", "content-length", "3"])).toEqual({
      text: `${LINE}a: 1\r\ncontent-length: 3\r\n`,
      hasLength: true,
      hasDate: false,
    });
    expect(formatHead(200, undefined, ["date", "x"])).toMatchObject({ hasLength: false, hasDate: true });
    expect(formatHead(299, "Own", []).text).toBe("HTTP/1.1 299 Own\r\n");
    expect(formatHead(299, undefined, []).text).toBe("HTTP/1.1 299 Unknown\r\n");
  });

  it("writes each head anew that differs in anything from the one before", () => {
    const fields = ["a", "1"];
    expect(formatHead(200, undefined, fields).text).toBe(`${LINE}a: 1\r\n`);
    expect(formatHead(200, undefined, ["a", "1"]).text).toBe(`${LINE}a: 1\r\n`);
    expect(formatHead(404, undefined, ["a", "1"]).text).toBe("HTTP/1.1 404 Not Found\r\na: 1\r\n");
    expect(formatHead(404, "Gone", ["a", "1"]).text).toBe("HTTP/1.1 404 Gone\r\na: 1\r\n");
    // The list is its maker's, who may go on with it.
    expect(formatHead(200, undefined, fields).text).toBe(`${LINE}a: 1\r\n`);
    fields[1] = "2";
    expect(formatHead(200, undefined, fields).text).toBe(`${LINE}a: 2\r\n`);
    fields.push("b", "3");
    expect(formatHead(200, undefined, fields).text).toBe(`${LINE}a: 2\r\nb: 3\r\n`);
  });

  it.each([
    ["a name", ["a b", "1"]],
    ["a value", ["a", "1\r\nb: 2"]],
    ["a wide character", ["a", "\u{1f600}"]],
  ])("refuses %s that cannot be sent, each time", (_, fields) => {
    for (let round = 0; round < 2; round++)
      expect(() => formatHead(200, undefined, fields)).toThrow(TypeError);
    expect(() => formatHead(200, "a\nb", [])).toThrow(TypeError);
  });
});
