import { describe, expect, test } from "vitest";
import { isHopByHop, parseConnectionOptions, removeHopByHop } from "../../../src/http/hop-by-hop.ts";

describe("removeHopByHop", () => {
  test("removes the standard fields and those that Connection names, whatever their case", () => {
    const headers = new Headers({
      connection: "Keep-Alive, X-Secret",
      "keep-alive": "timeout=5",
      "x-secret": "1",
      te: "trailers",
      trailer: "x",
      "transfer-encoding": "chunked",
      upgrade: "h2c",
      "content-type": "text/plain",
    });
    removeHopByHop(headers);
    expect([...headers]).toEqual([["content-type", "text/plain"]]);
  });

  test("survives options that are no field names", () => {
    const headers = new Headers({ connection: "a b, <x>, close", "x-a": "1" });
    removeHopByHop(headers);
    expect([...headers]).toEqual([["x-a", "1"]]);
  });
});

describe("parseConnectionOptions", () => {
  test("gives lower-case names", () => {
    expect(parseConnectionOptions("Close, ,X-A")).toEqual(["close", "x-a"]);
    expect(parseConnectionOptions(null)).toEqual([]);
  });
});

test("isHopByHop goes by the lower-case name", () => {
  expect([isHopByHop("te"), isHopByHop("content-length")]).toEqual([true, false]);
});
