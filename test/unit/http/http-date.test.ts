import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatHttpDate, parseHttpDate } from "../../../src/http/http-date.ts";

const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("parseHttpDate", () => {
  test.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "reads the format of %s",
    (text) => {
      expect(parseHttpDate(text)).toBe(EXAMPLE);
    },
  );

  test.each([
    "",
    "not a date",
    "1994-11-06T08:49:37Z",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, x",
    "784111777",
  ])("ignores %j", (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  test("takes a two-digit year more than 50 years ahead for one of the past", () => {
    const now = Date.UTC(2026, 0, 1);
    expect(parseHttpDate("Sunday, 06-Nov-76 08:49:37 GMT", now)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
    expect(parseHttpDate("Sunday, 06-Nov-77 08:49:37 GMT", now)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
  });

  test("reads years before 100 as written", () => {
    expect(new Date(parseHttpDate("Sun, 06 Nov 0050 08:49:37 GMT") ?? 0).getUTCFullYear()).toBe(50);
  });

  test("reads what formatHttpDate writes, to the second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        expect(parseHttpDate(formatHttpDate(seconds * 1000 + 999))).toBe(seconds * 1000);
      }),
    );
  });
});
