import { describe, expect, it } from "vitest";
import { placeVisitor } from "../../../src/migration/place-visitor.ts";

const ask = (cookie?: string) =>
  new Request(
    "http://site.test/",
    cookie === undefined ? {} : { headers: { cookie: `x=1; causeway-cutover=${cookie}` } },
  );
const NUMBERS = Array.from({ length: 2_000 }, (_, index) => index.toString(16).padStart(16, "0"));
const movedAt = (percent: number, numbers = NUMBERS) =>
  numbers.filter((number) => placeVisitor(ask(number), undefined, { percent, sticky: "cookie" }).isMoved);

describe("the place of a client", () => {
  it("is moved for about the share that is asked for, also where numbers follow each other", () => {
    expect(movedAt(10).length).toBeGreaterThan(140);
    expect(movedAt(10).length).toBeLessThan(260);
    expect(movedAt(50).length).toBeGreaterThan(900);
    expect(movedAt(50).length).toBeLessThan(1_100);
  });

  it("stays moved when the percentage rises", () => {
    const percents = [0, 1, 10, 25, 50, 99, 100];
    for (const [index, percent] of percents.slice(1).entries()) {
      const after = new Set(movedAt(percent));
      expect(movedAt(percents[index] as number).filter((number) => !after.has(number))).toEqual([]);
    }
  });

  it("is nobody's at 0 and everybody's at 100, without a cookie", () => {
    expect([movedAt(0).length, movedAt(100).length]).toEqual([0, NUMBERS.length]);
    for (const percent of [0, 100]) {
      expect(placeVisitor(ask(), undefined, { percent, sticky: "cookie" }).cookie).toBeUndefined();
    }
  });

  it("comes with a cookie at the first visit, which then decides alike", () => {
    for (const number of NUMBERS.slice(0, 50)) {
      const first = placeVisitor(ask(), undefined, { percent: 50, sticky: "cookie" }, () => number);
      expect(first.cookie).toBe(
        `causeway-cutover=${number}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax`,
      );
      const second = placeVisitor(ask(number), undefined, { percent: 50, sticky: "cookie" });
      expect(second).toEqual({ isMoved: first.isMoved, cookie: undefined });
    }
  });

  it("is given anew where a client sends something else for its number", () => {
    for (const value of ["", "0", "100", "../..", "0".repeat(17), "G".repeat(16)]) {
      expect(placeVisitor(ask(value), undefined, { percent: 50, sticky: "cookie" }).cookie).toMatch(
        /=[0-9a-f]{16};/,
      );
    }
  });

  it("follows from the address if that is asked for", () => {
    const settings = { percent: 50, sticky: "client-address" } as const;
    const addresses = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`);
    const places = addresses.map((address) => placeVisitor(ask(), address, settings));
    expect(places.every(({ cookie }) => cookie === undefined)).toBe(true);
    expect(places.filter(({ isMoved }) => isMoved).length).toBeGreaterThan(70);
    expect(addresses.map((address) => placeVisitor(ask(), address, settings))).toEqual(places);
  });

  it("is drawn for each request if nothing is to be kept", () => {
    const settings = { percent: 50, sticky: false } as const;
    const places = NUMBERS.slice(0, 100).map((number) =>
      placeVisitor(ask("0".repeat(16)), "::1", settings, () => number),
    );
    expect(new Set(places.map(({ isMoved }) => isMoved)).size).toBe(2);
    expect(places.every(({ cookie }) => cookie === undefined)).toBe(true);
  });

  it("has a secure cookie where the connection is", () => {
    const request = new Request("https://site.test/");
    expect(placeVisitor(request, undefined, { percent: 50, sticky: "cookie" }).cookie).toMatch(/; Secure$/);
  });
});
