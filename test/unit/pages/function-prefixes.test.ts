import { describe, expect, test } from "vitest";
import type { RouteEntry } from "../../../src/contract/site.ts";
import { createFunctionPrefixFilter } from "../../../src/pages/function-prefixes.ts";

function entry(routePath: string, mountPath: string, isMiddleware = false): RouteEntry {
  const reference = [{ file: "x.js", exportName: "onRequest" }];
  const [handlers, middleware] = isMiddleware ? [[], reference] : [reference, []];
  return { routePath, mountPath, method: undefined, handlers, middleware };
}

describe("createFunctionPrefixFilter", () => {
  const isFunctionPath = createFunctionPrefixFilter([
    entry("/hello", "/"),
    entry("/:all*", "/"),
    entry("/api/users/:id", "/api/users"),
    entry("/shop/:id/buy", "/shop/:id"),
    entry("/guarded", "/guarded", true),
  ]);

  test.each<[string, boolean]>([
    ["/api/users", true],
    ["/api/users/", true],
    ["/api/users/7/x", true],
    ["/api/usersx", false],
    ["/api", false],
    ["/shop/7/other", true],
    ["/hello", false],
    ["/guarded/x", false],
    ["/", false],
  ])("%s is at or below a directory with handlers: %s", (pathname, expected) => {
    expect(isFunctionPath(pathname)).toBe(expected);
  });
});
