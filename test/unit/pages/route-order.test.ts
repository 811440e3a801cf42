import { describe, expect, test } from "vitest";
import type { RouteMethod } from "../../../src/contract/site.ts";
import { compareRoutes, type OrderedRoute } from "../../../src/pages/route-order.ts";

const route = (routePath: string, method?: RouteMethod): OrderedRoute => ({ routePath, method });

function expectBefore(first: OrderedRoute, second: OrderedRoute): void {
  expect(compareRoutes(first, second)).toBeLessThan(0);
  expect(compareRoutes(second, first)).toBeGreaterThan(0);
}

describe("compareRoutes", () => {
  test.each([
    ["/a/b", "/a"],
    ["/a", "/"],
    ["/:a", "/"],
    ["/:all*", "/"],
    ["/dir/:rest*", "/dir"],
    ["/a/:rest*", "/:one"],
    ["/:u/:v/:w", "/a/:rest*"],
  ])("more segments come first: %s before %s", (first, second) => {
    expectBefore(route(first), route(second));
  });

  test.each([
    ["/a", "/:a"],
    ["/a", "/:a*"],
    ["/:a", "/:a*"],
    ["/a/:b", "/:a/b"],
    ["/foo/bar/:id", "/foo/:id/bar"],
    ["/a/:b/c", "/a/:x*/c"],
  ])("the first segment of another kind decides: %s before %s", (first, second) => {
    expectBefore(route(first), route(second));
  });

  test("a segment with text around its parameter counts as one with a parameter", () => {
    expectBefore(route("/:id"), route("/post-:id"));
    expectBefore(route("/a"), route("/a-:id"));
  });

  test("a constrained parameter stands between text and a plain one", () => {
    expectBefore(route("/7"), route("/:id:int"));
    expectBefore(route("/:z:int"), route("/:a"));
    expectBefore(route("/:path"), route("/:path:int*"));
    expectBefore(route("/:path:int*"), route("/:a*"));
  });

  test("a route for one method comes before one for all, but only at the same shape", () => {
    expectBefore(route("/foo", "GET"), route("/foo"));
    expectBefore(route("/z", "GET"), route("/a"));
    expectBefore(route("/m/k"), route("/m/:z", "GET"));
  });

  test("what remains is ordered as in a dictionary, whatever the machine's locale", () => {
    expectBefore(route("/:a"), route("/:B"));
    expectBefore(route("/:b"), route("/:B"));
    expectBefore(route("/:id_1"), route("/:id1"));
    expectBefore(route("/z"), route("/zé"));
  });

  test("routes with equal paths for different methods are equal", () => {
    expect(compareRoutes(route("/foo", "GET"), route("/foo", "POST"))).toBe(0);
    expect(compareRoutes(route("/foo"), route("/foo"))).toBe(0);
  });
});
