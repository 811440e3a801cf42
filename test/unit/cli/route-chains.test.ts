import { describe, expect, test } from "vitest";
import { middlewareOf } from "../../../src/cli/route-chains.ts";
import type { RouteEntry, RouteMethod } from "../../../src/contract/site.ts";

const guard = (routePath: string, method?: RouteMethod): RouteEntry => ({
  routePath,
  mountPath: routePath,
  method,
  middleware: [{ file: `${routePath} guard`, exportName: "onRequest" }],
  handlers: [],
});
const route = (routePath: string, method?: RouteMethod): RouteEntry => ({
  routePath,
  mountPath: "/",
  method,
  middleware: [],
  handlers: [{ file: `${routePath} page`, exportName: "onRequest" }],
});
const chain = (target: RouteEntry, ...guards: RouteEntry[]) =>
  middlewareOf(target, guards).map(({ routePath }) => routePath);

describe("middlewareOf", () => {
  test("lists what covers a route, outermost first, since routes are sorted most specific first", () => {
    expect(chain(route("/a/b/c"), guard("/a/b"), guard("/a"), guard("/x"), guard("/"))).toEqual([
      "/",
      "/a",
      "/a/b",
    ]);
  });

  test("covers whole segments, whatever their case", () => {
    expect(chain(route("/admin"), guard("/ADMIN"), guard("/adm"))).toEqual(["/ADMIN"]);
  });

  test("counts a parameter as covering any segment, and a literal as covering only itself", () => {
    expect(chain(route("/acme/site"), guard("/:org"))).toEqual(["/:org"]);
    expect(chain(route("/:org/site"), guard("/acme"))).toEqual([]);
  });

  test("counts a catch-all as covering everything, but not as covered by a literal", () => {
    expect(chain(route("/a/b"), guard("/:all*"))).toEqual(["/:all*"]);
    expect(chain(route("/:all*"), guard("/a"), guard("/"))).toEqual(["/"]);
  });

  test("leaves out middleware of another method", () => {
    expect(chain(route("/a", "GET"), guard("/", "POST"), guard("/", "GET"), guard("/"))).toEqual(["/", "/"]);
    expect(chain(route("/a"), guard("/", "POST"))).toEqual([]);
  });
});
