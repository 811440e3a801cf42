import { describe, expect, test } from "vitest";
import type { WorkerFirst } from "../../../src/contract/site.ts";
import { createWorkerFirstRule, parseWorkerFirst } from "../../../src/pages/worker-first.ts";

const PATTERNS: WorkerFirst = { kind: "patterns", worker: ["/api/*", "/exact"], assets: ["/api/docs/*"] };

interface Case {
  first: WorkerFirst;
  path: string;
  /** What the assets have: a file, only a fallback page, or nothing. */
  has: "file" | "fallback" | "nothing";
  date?: string;
  flags?: string[];
  navigates?: boolean;
}

function decide({ first, path, has, date, flags, navigates = false }: Case): string {
  const request = new Request(`https://site.test${path}`, {
    headers: navigates ? { "sec-fetch-mode": "navigate" } : {},
  });
  return createWorkerFirstRule(
    first,
    date,
    flags,
  )(request, (fallbackCounts) => (has === "fallback" ? fallbackCounts : has === "file"));
}

describe("createWorkerFirstRule", () => {
  test.each<[Case, "assets" | "worker"]>([
    [{ first: { kind: "always" }, path: "/a", has: "file" }, "worker"],
    [{ first: { kind: "assets-first" }, path: "/a", has: "file" }, "assets"],
    [{ first: { kind: "assets-first" }, path: "/a", has: "nothing" }, "worker"],
    [{ first: { kind: "assets-first" }, path: "/a", has: "fallback" }, "worker"],
    [{ first: { kind: "assets-first" }, path: "/a", has: "fallback", date: "2025-04-01" }, "worker"],
    [
      { first: { kind: "assets-first" }, path: "/a", has: "fallback", date: "2025-04-01", navigates: true },
      "assets",
    ],
    [
      { first: { kind: "assets-first" }, path: "/a", has: "fallback", date: "2025-03-31", navigates: true },
      "worker",
    ],
    [{ first: { kind: "assets-first" }, path: "/a", has: "fallback", navigates: true }, "worker"],
    [
      {
        first: { kind: "assets-first" },
        path: "/a",
        has: "fallback",
        navigates: true,
        flags: ["assets_navigation_prefers_asset_serving"],
      },
      "assets",
    ],
    [
      {
        first: { kind: "assets-first" },
        path: "/a",
        has: "fallback",
        navigates: true,
        date: "2026-01-01",
        flags: ["assets_navigation_has_no_effect"],
      },
      "worker",
    ],
    [{ first: PATTERNS, path: "/api/x", has: "file" }, "worker"],
    [{ first: PATTERNS, path: "/api/", has: "file" }, "worker"],
    [{ first: PATTERNS, path: "/api", has: "file" }, "assets"],
    [{ first: PATTERNS, path: "/api", has: "nothing" }, "worker"],
    [{ first: PATTERNS, path: "/api/docs/x", has: "nothing" }, "assets"],
    [{ first: PATTERNS, path: "/exact", has: "file" }, "worker"],
    [{ first: PATTERNS, path: "/exact/", has: "file" }, "assets"],
    [{ first: PATTERNS, path: "/other", has: "fallback" }, "assets"],
    [{ first: PATTERNS, path: "/other?x=/api/", has: "nothing" }, "worker"],
  ])("%j goes to the %s", (request, choice) => {
    expect(decide(request)).toBe(choice);
  });
});

describe("parseWorkerFirst", () => {
  test.each<[boolean | string[], WorkerFirst]>([
    [true, { kind: "always" }],
    [false, { kind: "assets-first" }],
    [["/api/*", "!/api/docs/*"], { kind: "patterns", worker: ["/api/*"], assets: ["/api/docs/*"] }],
  ])("reads %j", (setting, first) => {
    expect(parseWorkerFirst(setting, "wrangler.toml")).toEqual({ first, problems: [] });
  });

  test("takes 100 rules, rules of 100 characters, and a name that only begins like another", () => {
    const many = Array.from({ length: 100 }, (_, index) => `/r${index}/`);
    for (const setting of [many, [`/${"a".repeat(99)}`], ["/a/*", "/ab"]])
      expect(parseWorkerFirst(setting, "wrangler.toml").problems).toEqual([]);
  });

  test.each<[string[], RegExp]>([
    [[], /no rule names a path/],
    [["!/a"], /no rule names a path/],
    [["/a", "b"], /"b": it begins neither/],
    [["/a", "b!/c"], /"b!\/c": it begins neither/],
    [["/a", "!b"], /"!b": it begins neither/],
    [["/a/*", "/a/b"], /"\/a\/b": "\/a\/\*" covers it/],
    [["/x", "!/a/*", "!/a/b"], /"!\/a\/b": "!\/a\/\*" covers it/],
    [["/a", "/a"], /stands there twice/],
    [[`/${"a".repeat(100)}`], /longer than 100/],
    [Array.from({ length: 101 }, (_, index) => `/r${index}/`), /101 rules/],
  ])("refuses %j", (setting, message) => {
    const { problems } = parseWorkerFirst(setting, "wrangler.toml");
    expect(problems[0]).toMatchObject({ severity: "error", code: "run-worker-first", file: "wrangler.toml" });
    expect(problems[0]?.message).toMatch(message);
  });
});
