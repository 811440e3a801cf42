import { describe, expect, test } from "vitest";
import { answerLength, parseResponseHead } from "../../../src/http/response-head.ts";

const parse = (text: string) => parseResponseHead(text, 0, text.length);
/** A head with these lines below the first one. */
const withFields = (...lines: string[]) => parse(["HTTP/1.1 200 OK", ...lines, ""].join("\r\n"));

describe("parseResponseHead", () => {
  test("reads status, reason and fields", () => {
    expect(parse("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX-A: \xfc\r\n")).toEqual({
      status: 200,
      statusText: "OK",
      fields: ["content-length", "12", "x-a", "\xfc"],
      contentLength: 12,
      isChunked: false,
      isPersistent: true,
      idleSeconds: undefined,
    });
  });

  test.each([
    ["HTTP/1.1 404 Not Found\r\n", 404, "Not Found"],
    ["HTTP/1.1 200 \r\n", 200, ""],
    ["HTTP/1.1 200\r\n", 200, ""],
    ["HTTP/1.0 999 \xc3\xbc\r\n", 999, "\xc3\xbc"],
    ["HTTP/1.1 103 Early Hints\r\n", 103, "Early Hints"],
  ])("reads %j", (text, status, statusText) => {
    expect(parse(text)).toMatchObject({ status, statusText, fields: [] });
  });

  test.each([
    "SSH-2.0-OpenSSH_9.2\r\n",
    "http/1.1 200 OK\r\n",
    "HTTP/2.0 200 OK\r\n",
    "HTTP/1.2 200 OK\r\n",
    "HTTP/1.1  200 OK\r\n",
    "HTTP/1.1 20 OK\r\n",
    "HTTP/1.1 099 OK\r\n",
    "HTTP/1.1 2000 OK\r\n",
    "HTTP/1.1 200OK\r\n",
    "HTTP/1.1 200 O\0K\r\n",
    "HTTP/1.1 200 O\nK\r\n",
    " HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\nX A: b\r\n",
    "HTTP/1.1 200 OK\r\n X: b\r\n",
  ])("refuses %j", (text) => {
    expect(parse(text)).toBeUndefined();
  });

  test.each([
    ["two lengths", ["Content-Length: 1", "Content-Length: 2"]],
    ["the same length twice", ["Content-Length: 1", "Content-Length: 1"]],
    ["a list of lengths", ["Content-Length: 1, 1"]],
    ["a signed length", ["Content-Length: +1"]],
    ["an empty length", ["Content-Length:"]],
    ["a length that is not decimal", ["Content-Length: 0x1"]],
    ["a length beyond counting", ["Content-Length: 1234567890123456"]],
    ["a length and a coding", ["Content-Length: 1", "Transfer-Encoding: chunked"]],
    ["another coding", ["Transfer-Encoding: gzip, chunked"]],
    ["chunks of chunks", ["Transfer-Encoding: chunked, chunked"]],
    ["two lines of codings", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
    ["a coding with parameters", ["Transfer-Encoding: chunked;a=b"]],
  ])("refuses %s", (_, lines) => {
    expect(withFields(...lines)).toBeUndefined();
  });

  test("knows no coding in HTTP/1.0", () => {
    expect(parse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n")).toBeUndefined();
  });

  test.each<[boolean, string]>([
    [true, "HTTP/1.1 200 OK\r\n"],
    [true, "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"],
    [true, "HTTP/1.1 200 OK\r\nConnection: X-Hop, Keep-Alive\r\n"],
    [false, "HTTP/1.1 200 OK\r\nConnection: Close\r\n"],
    [false, "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: x-hop, close\r\n"],
    [false, "HTTP/1.0 200 OK\r\n"],
    [true, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"],
    [false, "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n"],
    [true, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n"],
    [false, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n"],
    [false, "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n"],
  ])("persistent is %s: %j", (isPersistent, text) => {
    expect(parse(text)).toMatchObject({ isPersistent });
  });

  test.each([
    ["timeout=5", 5],
    ["timeout=5, max=100", 5],
    ["max=100, Timeout = 15", 15],
    ["max=100", undefined],
    ["mytimeout=5", undefined],
    ["timeout=99999999999", undefined],
  ])("Keep-Alive: %s promises %s seconds", (field, idleSeconds) => {
    expect(withFields(`Keep-Alive: ${field}`)).toMatchObject({ idleSeconds });
  });
});

describe("answerLength", () => {
  const lengthOf = (method: string, text: string) => {
    const head = parse(text);
    return head && answerLength(head, method);
  };

  test.each([
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", 5],
    ["GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n", "chunked"],
    ["GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", "until-close"],
    ["GET", "HTTP/1.1 200 OK\r\n", "until-close"],
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", 0],
    ["HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", 0],
    ["GET", "HTTP/1.1 204 No Content\r\n", 0],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n", 0],
    ["GET", "HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n", 5],
    ["POST", "HTTP/1.1 100 Continue\r\n", 0],
  ])("%s %j is followed by %s", (method, text, length) => {
    expect(lengthOf(method, text)).toBe(length);
  });
});
