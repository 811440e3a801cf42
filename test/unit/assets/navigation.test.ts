import { describe, expect, test } from "vitest";
import { isNavigation } from "../../../src/assets/navigation.ts";

describe("isNavigation", () => {
  test.each<[Record<string, string>, boolean]>([
    [{ accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" }, true],
    [{ accept: "application/xhtml+xml" }, true],
    [{ accept: "TEXT/HTML;charset=utf-8" }, true],
    [{ accept: "*/*", "sec-fetch-mode": "navigate" }, true],
    [{ accept: "text/html", "sec-fetch-mode": "cors" }, true],
    [{ accept: "*/*" }, false],
    [{}, false],
    [{ accept: "image/avif,image/webp,*/*;q=0.8" }, false],
    [{ accept: "text/html;q=0" }, false],
    [{ accept: "text/html; q = 0.00" }, false],
    [{ accept: "text/html;q=0.01" }, true],
    [{ accept: "text/css,*/*;q=0.1", "sec-fetch-mode": "no-cors" }, false],
    [{ accept: "text/*" }, false],
  ])("%j: %s", (headers, expected) => {
    expect(isNavigation(new Request("https://site.test/", { headers }))).toBe(expected);
  });
});
