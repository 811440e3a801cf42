import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCodingAccepted, parseAcceptEncoding, selectCoding } from "../../../src/http/accept-encoding.ts";

/** In the server's order of preference. */
const OURS = ["br", "zstd", "gzip"] as const;

describe("selectCoding", () => {
  test.each<[string | null, string]>([
    [null, "identity"],
    ["", "identity"],
    ["gzip", "gzip"],
    ["x-gzip", "gzip"],
    ["GZIP", "gzip"],
    ["gzip, deflate, br", "br"],
    ["deflate, gzip", "gzip"],
    ["deflate", "identity"],
    ["gzip;q=0.5, br;q=1.0", "br"],
    ["gzip;q=1.0, br;q=0.5", "gzip"],
    ["gzip;q=0.8, br;q=0.9, zstd;q=0.7", "br"],
    ["gzip;q=0", "identity"],
    ["gzip;q=0.000", "identity"],
    ["gzip ;\tq=0", "identity"],
    ["gzip;Q=0.5", "gzip"],
    ["gzip;q=1.", "gzip"],
    ["identity, gzip;q=0.5", "identity"],
    ["gzip;q=0.5, identity;q=0.5", "gzip"],
    ["gzip, identity;q=0", "gzip"],
    ["gzip;q=1.0, identity;q=0.5, *;q=0", "gzip"],
    ["gzip;q=0, *", "br"],
    ["*", "br"],
    ["br;q=0.9, *;q=0.1", "br"],
    ["gzip, *;q=0", "gzip"],
    [" , , gzip,", "gzip"],
  ])("%j chooses %s", (field, coding) => {
    expect(selectCoding(field, OURS)).toBe(coding);
  });

  test.each(["*;q=0", "identity;q=0", "identity;q=0, *;q=0", "compress, *;q=0"])(
    "%j, which refuses all there is, gets plain bytes rather than an error",
    (field) => {
      expect(selectCoding(field, OURS)).toBe("identity");
    },
  );

  test.each(["gzipx", "xgzip", "gzip-foo", "agzip, deflate", "gzip/1.0"])(
    "%j does not name gzip",
    (field) => {
      expect(selectCoding(field, OURS)).toBe("identity");
    },
  );

  test.each([
    "gzip;q=2",
    "gzip;q=-1",
    "gzip;q=abc",
    "gzip;q=",
    "gzip;q=0.0001",
    "gzip;level=9",
    'gzip;q="0"',
  ])("%j is no valid member and does not count", (field) => {
    expect(selectCoding(field, OURS)).toBe("identity");
    expect(selectCoding(`${field}, br`, OURS)).toBe("br");
  });

  test("never chooses what is refused, unless everything is", () => {
    const member = fc
      .tuple(
        fc.constantFrom("br", "gzip", "zstd", "identity", "*", "deflate"),
        fc.constantFrom("", ";q=0", ";q=0.3", ";q=1"),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const field = members.join(",");
        const chosen = selectCoding(field, OURS);
        const isAnyAccepted = [...OURS, "identity"].some((coding) => isCodingAccepted(field, coding));
        expect(isCodingAccepted(field, chosen)).toBe(isAnyAccepted || chosen !== "identity");
      }),
    );
  });
});

describe("parseAcceptEncoding", () => {
  test("reads weights by lower-case name", () => {
    expect([...parseAcceptEncoding("GZip;q=0.25, *;q=0")]).toEqual([
      ["gzip", 0.25],
      ["*", 0],
    ]);
  });

  test("reads long garbage in linear time", () => {
    expect(parseAcceptEncoding(`${"a ".repeat(50_000)};q=`).size).toBe(0);
    expect(parseAcceptEncoding(`gzip${" ".repeat(100_000)}x`).size).toBe(0);
  });
});

describe("isCodingAccepted", () => {
  test("identity is accepted unless it is refused", () => {
    expect(isCodingAccepted(null, "identity")).toBe(true);
    expect(isCodingAccepted("gzip", "identity")).toBe(true);
    expect(isCodingAccepted("identity;q=0", "identity")).toBe(false);
    expect(isCodingAccepted("*;q=0", "identity")).toBe(false);
    expect(isCodingAccepted("*;q=0, identity", "identity")).toBe(true);
  });

  test("another coding is accepted only if it, or everything, is named", () => {
    expect(isCodingAccepted(null, "br")).toBe(false);
    expect(isCodingAccepted("*", "br")).toBe(true);
    expect(isCodingAccepted("br;q=0, *", "br")).toBe(false);
  });
});
