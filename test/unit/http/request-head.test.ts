import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RequestHead, RequestHeadReader } from "../../../src/http/request-head.ts";

/** Reads lines as they would come, each with its CRLF. */
function parse(line: string, ...fields: string[]) {
  const text = [line, ...fields, ""].join("\r\n");
  return new RequestHeadReader().read(text, 0, text.length);
}

const read = (line: string, ...fields: string[]) => parse(line, ...fields) as RequestHead;
const GET = "GET / HTTP/1.1";
const POST = "POST / HTTP/1.1";

describe("RequestHeadReader", () => {
  it("reads a line and fields, names in lower case, values without the space around them", () => {
    expect(parse("GET /a?b HTTP/1.1", "HOST: a", "X-Empty:", "x: \t b c \t", "X:\xe9")).toEqual({
      method: "GET",
      target: "/a?b",
      version: "1.1",
      fields: ["host", "a", "x-empty", "", "x", "b c", "x", "\xe9"],
      bodyLength: 0,
      isFramed: false,
      isPersistent: true,
      upgrade: undefined,
      hasUpgrade: false,
      expect: undefined,
    });
  });

  it.each([
    ["no version", "GET /"],
    ["no target", "GET HTTP/1.1"],
    ["two spaces", "GET  / HTTP/1.1"],
    ["a space in the target", "GET /a b HTTP/1.1"],
    ["a tab for a space", "GET\t/ HTTP/1.1"],
    ["a space at the end", "GET / HTTP/1.1 "],
    ["a space at the beginning", " GET / HTTP/1.1"],
    ["a version in lower case", "GET / http/1.1"],
    ["a version with more digits", "GET / HTTP/1.10"],
    ["another protocol", "GET / HTTPS/1.1"],
    ["a method in lower case", "get / HTTP/1.1"],
    ["a method that is no token", "GE:T / HTTP/1.1"],
    ["a method without end", `${"A".repeat(33)} / HTTP/1.1`],
    ["a tunnel", "CONNECT a:1 HTTP/1.1"],
  ])("refuses a first line with %s", (_, line) => {
    expect(parse(line, "Host: a")).toBe(400);
  });

  it.each(["GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/1.2", "PRI * HTTP/2.0"])(
    "does not speak %s",
    (line) => {
      expect(parse(line, "Host: a")).toBe(505);
    },
  );

  it.each([
    ["a space behind the name", "Host : a"],
    ["no name", ": a"],
    ["no colon", "Host"],
    ["a name that is no token", "Ho(st: a"],
    ["a folded line", " Host: a"],
    ["NUL", "X: a\0b"],
    ["DEL", "X: a\x7fb"],
    ["a lone CR", "X: a\rb"],
    ["a lone LF", "X: a\nHost: b"],
  ])("refuses a field with %s", (_, field) => {
    expect(parse(GET, "Host: a", field)).toBe(400);
    expect(parse(GET, field, "Host: a")).toBe(400);
  });

  it("refuses two hosts, whatever they are", () => {
    expect(parse(GET, "Host: a", "Host: a")).toBe(400);
  });

  it.each([
    [0, "Content-Length: 0"],
    [5, "content-length: 5"],
    [5, "Content-Length: 005"],
    ["chunked", "Transfer-Encoding: Chunked"],
  ])("knows that %s follows %j", (length, field) => {
    expect(read(POST, "Host: a", field)).toMatchObject({ bodyLength: length, isFramed: true });
  });

  it.each([
    [400, ["Content-Length: 5", "Content-Length: 5"]],
    [400, ["Content-Length: 5, 5"]],
    [400, ["Content-Length: +5"]],
    [400, ["Content-Length: -5"]],
    [400, ["Content-Length: 0x5"]],
    [400, ["Content-Length: 5 5"]],
    [400, ["Content-Length:"]],
    [400, ["Content-Length: 9999999999999999"]],
    [400, ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    [400, ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
    [400, ["Transfer-Encoding: chunked, chunked"]],
    [400, ["Transfer-Encoding: chunked, gzip"]],
    [400, ["Transfer-Encoding: gzip"]],
    [400, ["Transfer-Encoding: xchunked"]],
    [400, ["Transfer-Encoding: chunked;a=b"]],
    [400, ["Transfer-Encoding:"]],
    [501, ["Transfer-Encoding: gzip, chunked"]],
  ])("answers %s to the framing %j", (status, fields) => {
    expect(parse(POST, "Host: a", ...fields)).toBe(status);
  });

  it("refuses chunks in HTTP/1.0, which knows none", () => {
    expect(parse("POST / HTTP/1.0", "Transfer-Encoding: chunked")).toBe(400);
  });

  it.each([
    [true, GET, []],
    [false, GET, ["Connection: close"]],
    [false, GET, ["Connection: Keep-Alive, CLOSE"]],
    [false, GET, ["Connection: x", "Connection: close"]],
    [false, "GET / HTTP/1.0", []],
    [true, "GET / HTTP/1.0", ["Connection: Keep-Alive"]],
    [false, "GET / HTTP/1.0", ["Connection: keep-alive, close"]],
  ])("keeps the connection: %s for %j %j", (isKept, line, fields) => {
    expect(read(line, "Host: a", ...fields).isPersistent).toBe(isKept);
  });

  it("takes an upgrade for one only if Connection says so, too", () => {
    expect(read(GET, "Upgrade: WebSocket").upgrade).toBeUndefined();
    expect(read(GET, "Upgrade: WebSocket", "Connection: keep-alive, Upgrade").upgrade).toBe("websocket");
  });

  it("reads a head as if it were the first, whatever came before it on the connection", () => {
    const lines = fc.constantFrom(
      "Host: a\r\n",
      "Host: a\r\nConnection: close\r\n",
      "Host: a\r\nContent-Length: 3\r\n",
      "Host: a\r\nTransfer-Encoding: chunked\r\n",
      "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
      "Host: a\r\nHost: a\r\n",
      "Host : a\r\n",
      `Host: a\r\nX: ${"x".repeat(5_000)}\r\n`,
    );
    const head = fc.record({
      line: fc.constantFrom(GET, "GET /b HTTP/1.0", "POST /c HTTP/1.1", "GET"),
      lines,
    });
    fc.assert(
      fc.property(fc.array(head), (heads) => {
        const reader = new RequestHeadReader();
        for (const { line, lines: fieldLines } of heads) {
          const text = `\r\n${line}\r\n${fieldLines}`;
          const found = reader.read(text, 2, text.length);
          expect(found).toEqual(new RequestHeadReader().read(text, 2, text.length));
          // Whoever gets fields may change them.
          if (typeof found === "object") found.fields.push("x", "mine");
        }
      }),
    );
  });
});
