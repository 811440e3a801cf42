import { describe, expect, test } from "vitest";
import { formatFraming, formatRequest } from "../../../src/http/format-request.ts";

const HOST = ["host", "a.test"];

describe("formatRequest", () => {
  test("writes the line and the fields", () => {
    expect(formatRequest("GET", "/a?b=c", [...HOST, "x-a", "\xfc b"])).toBe(
      "GET /a?b=c HTTP/1.1\r\nhost: a.test\r\nx-a: \xfc b\r\n",
    );
    expect(formatRequest("OPTIONS", "*", HOST)).toBe("OPTIONS * HTTP/1.1\r\nhost: a.test\r\n");
  });

  test.each([
    ["a method that is no token", "GE T", "/", HOST],
    ["a method with a line break", "GET\r\n", "/", HOST],
    ["no method", "", "/", HOST],
    ["a tunnel", "CONNECT", "/", HOST],
    ["no target", "GET", "", HOST],
    ["a target with a space", "GET", "/a b", HOST],
    ["a target with a line break", "GET", "/a\r\n", HOST],
    ["a target with a control", "GET", "/a\0", HOST],
    ["a target that is no bytes", "GET", "/\u0100", HOST],
    ["a target with a host", "GET", "http://b.test/", HOST],
    ["no host", "GET", "/", ["x-a", "b"]],
    ["two hosts", "GET", "/", [...HOST, ...HOST]],
    ["a value with a line break", "GET", "/", [...HOST, "x-a", "b\r\nx-b: c"]],
    ["a value that is no bytes", "GET", "/", [...HOST, "x-a", "\u0100"]],
    ["a name with a colon", "GET", "/", [...HOST, "x-a:", "b"]],
    ["a name in capitals", "GET", "/", [...HOST, "Content-Length", "5"]],
    ["an empty name", "GET", "/", [...HOST, "", "b"]],
    ["a length of its own", "GET", "/", [...HOST, "content-length", "5"]],
    ["a coding of its own", "GET", "/", [...HOST, "transfer-encoding", "chunked"]],
    ["a connection of its own", "GET", "/", [...HOST, "connection", "close"]],
    ["an expectation", "GET", "/", [...HOST, "expect", "100-continue"]],
  ])("refuses %s", (_, method, target, fields) => {
    expect(formatRequest(method, target, fields)).toBeUndefined();
    // What was refused once is not remembered as sendable.
    expect(formatRequest(method, target, fields)).toBeUndefined();
  });
});

describe("formatFraming", () => {
  test.each([
    ["GET", 0, ""],
    ["HEAD", 0, ""],
    ["DELETE", 0, ""],
    ["POST", 0, "content-length: 0\r\n"],
    ["PATCH", 0, "content-length: 0\r\n"],
    ["PUT", 12, "content-length: 12\r\n"],
    ["DELETE", 12, "content-length: 12\r\n"],
    ["POST", undefined, "transfer-encoding: chunked\r\n"],
  ])("of %s with %s bytes", (method, length, lines) => {
    expect(formatFraming(method, length)).toBe(lines);
  });
});
