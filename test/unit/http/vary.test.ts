import { describe, expect, test } from "vitest";
import { addVary, parseVary } from "../../../src/http/vary.ts";

const varied = (before: string | undefined, name: string) => {
  const headers = new Headers(before === undefined ? {} : { vary: before });
  addVary(headers, name);
  return headers.get("vary");
};

describe("addVary", () => {
  test.each<[string | undefined, string, string]>([
    [undefined, "Accept-Encoding", "Accept-Encoding"],
    ["", "Accept-Encoding", "Accept-Encoding"],
    ["Origin", "Accept-Encoding", "Origin, Accept-Encoding"],
    ["accept-encoding, Origin", "Accept-Encoding", "accept-encoding, Origin"],
    ["*", "Accept-Encoding", "*"],
    ["Origin, *", "Accept-Encoding", "Origin, *"],
  ])("%j with %s becomes %j", (before, name, after) => {
    expect(varied(before, name)).toBe(after);
  });
});

describe("parseVary", () => {
  test("gives lower-case names without empty members", () => {
    expect(parseVary(" Accept-Encoding,, ORIGIN ")).toEqual(["accept-encoding", "origin"]);
  });
});
