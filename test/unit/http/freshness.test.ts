import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCacheControl } from "../../../src/http/cache-control.ts";
import {
  explicitLifetimeMs,
  heuristicLifetimeMs,
  initialAgeMs,
  isHeuristicallyCacheable,
  parseAge,
  parseCachedDate,
} from "../../../src/http/freshness.ts";

const NOW = Date.UTC(2026, 0, 1);
const DATE = "Thu, 01 Jan 2026 00:00:00 GMT";

describe("parseAge", () => {
  it.each([
    ["30", 30],
    ["0", 0],
    ["7200, 0", 7_200],
    ["0, 7200", 0],
    ["99999999999", 2 ** 31],
    ["abc", 0],
    ["-5", 0],
    ["7200.0", 0],
    ["7200;x=1", 0],
    ["", 0],
  ])("reads %j as %d", (field, seconds) => {
    expect(parseAge(field)).toBe(seconds);
  });
});

describe("parseCachedDate", () => {
  it.each([DATE, DATE.toLowerCase(), DATE.toUpperCase(), "THURSDAY, 01-JAN-26 00:00:00 gmt"])(
    "reads %s",
    (text) => {
      expect(parseCachedDate(text, NOW)).toBe(NOW);
    },
  );

  it.each(["0", "-1", "Thu, 01 Jan 2026 00:00:00 UTC", "Thu 01 Jan 2026 00:00:00 GMT", `${DATE}, ${DATE}`])(
    "takes %s for no date",
    (text) => {
      expect(parseCachedDate(text, NOW)).toBeUndefined();
    },
  );
});

describe("initialAgeMs", () => {
  const age = (fields: Record<string, string>, requestedAtMs = NOW, receivedAtMs = NOW) =>
    initialAgeMs(new Headers(fields), { requestedAtMs, receivedAtMs });

  it("is the greater of what the clocks and what earlier caches say", () => {
    expect(age({ date: "Wed, 31 Dec 2025 23:59:00 GMT" })).toBe(60_000);
    expect(age({ date: "Wed, 31 Dec 2025 23:59:00 GMT", age: "90" })).toBe(90_000);
    expect(age({ date: "Wed, 31 Dec 2025 23:59:00 GMT", age: "30" })).toBe(60_000);
  });

  it("counts the time under way, which Age cannot know", () => {
    expect(age({ age: "10" }, NOW - 5_000)).toBe(15_000);
  });

  it("takes a Date in the future or none for now", () => {
    expect(age({ date: "Thu, 01 Jan 2026 01:00:00 GMT" })).toBe(0);
    expect(age({})).toBe(0);
  });
});

describe("explicitLifetimeMs", () => {
  const lifetime = (fields: Record<string, string>, isTargeted = false) =>
    explicitLifetimeMs(
      new Headers(fields),
      parseCacheControl(fields["cache-control"] ?? null),
      NOW,
      isTargeted,
    );

  it.each([
    ["max-age=60", 60_000],
    ["max-age=60, s-maxage=5", 5_000],
    ["max-age=0060", 60_000],
    ["max-age=99999999999", 2 ** 31 * 1_000],
    ["max-age=x", 0],
    ["s-maxage=, max-age=60", 0],
    ["public", undefined],
  ])("of %s is %s", (field, expected) => {
    expect(lifetime({ "cache-control": field })).toBe(expected);
  });

  it("counts Expires from Date, or from the arrival without one", () => {
    const expires = "Thu, 01 Jan 2026 00:01:00 GMT";
    expect(lifetime({ expires, date: DATE })).toBe(60_000);
    expect(lifetime({ expires, date: "nonsense" })).toBe(60_000);
    expect(lifetime({ expires, date: "Wed, 31 Dec 2025 23:59:00 GMT" })).toBe(120_000);
    expect(lifetime({ expires: "0" })).toBe(0);
  });

  it("lets Expires say nothing beside max-age or a targeted field", () => {
    const expires = "Thu, 01 Jan 2026 00:01:00 GMT";
    expect(lifetime({ expires, "cache-control": "max-age=5" })).toBe(5_000);
    expect(lifetime({ expires }, true)).toBeUndefined();
  });
});

describe("guessed lifetimes", () => {
  it("are a share of the time without a change", () => {
    const headers = new Headers({ date: DATE, "last-modified": "Wed, 31 Dec 2025 00:00:00 GMT" });
    expect(heuristicLifetimeMs(headers, NOW, 0.1)).toBe(8_640_000);
    expect(heuristicLifetimeMs(new Headers(), NOW, 0.1)).toBeUndefined();
  });

  it("are for statuses that permit them", () => {
    expect([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501].every(isHeuristicallyCacheable)).toBe(
      true,
    );
    expect([201, 206, 302, 307, 403, 500, 503].some(isHeuristicallyCacheable)).toBe(false);
  });
});

it("never finds a negative age or lifetime", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (age, cacheControl, expires) => {
      const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, "");
      const headers = new Headers({ age: printable(age), expires: printable(expires) });
      const directives = parseCacheControl(cacheControl);
      expect(initialAgeMs(headers, { requestedAtMs: NOW, receivedAtMs: NOW })).toBeGreaterThanOrEqual(0);
      expect(explicitLifetimeMs(headers, directives, NOW) ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
