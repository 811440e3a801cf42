import { describe, expect, test } from "vitest";
import type { NotFoundHandling } from "../../../src/contract/site.ts";
import { createFallbackFinder } from "../../../src/pages/not-found.ts";

const BOTH = ["/index.html", "/404.html", "/blog/404.html", "/blog/deep/404.html"];
const APPLICATION = ["/index.html", "/blog/404.html"];

describe("createFallbackFinder", () => {
  test.each<[NotFoundHandling, string[], string, string | undefined]>([
    ["pages", BOTH, "/missing", "404 /404.html"],
    ["pages", BOTH, "/blog", "404 /404.html"],
    ["pages", BOTH, "/blogs/x", "404 /404.html"],
    ["pages", BOTH, "/blog/", "404 /blog/404.html"],
    ["pages", BOTH, "/blog/a/b/c", "404 /blog/404.html"],
    ["pages", BOTH, "/blog/deep/x", "404 /blog/deep/404.html"],
    ["pages", APPLICATION, "/missing.png", "200 /index.html"],
    ["pages", APPLICATION, "/blog/x", "404 /blog/404.html"],
    ["pages", ["/a.txt"], "/missing", undefined],
    ["404-page", BOTH, "/blog/x", "404 /blog/404.html"],
    ["404-page", APPLICATION, "/missing", undefined],
    ["single-page-application", BOTH, "/blog/x", "200 /index.html"],
    ["single-page-application", ["/404.html"], "/x", undefined],
    ["none", BOTH, "/x", undefined],
  ])("%s with %j answers %s with %s", (mode, files, path, expected) => {
    const fallback = createFallbackFinder(mode, files)(path);
    expect(fallback && `${fallback.status} ${fallback.path}`).toBe(expected);
  });

  test("takes no time for a path of nothing but slashes", () => {
    const find = createFallbackFinder("pages", BOTH);
    const started = performance.now();
    for (let count = 0; count < 100; count += 1) find("/".repeat(16_000));
    expect(performance.now() - started).toBeLessThan(100);
  });
});
