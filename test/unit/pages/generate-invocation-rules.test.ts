import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RouteEntry } from "../../../src/contract/site.ts";
import { generateInvocationRules } from "../../../src/pages/generate-invocation-rules.ts";
import { parseInvocationRules } from "../../../src/pages/invocation-rules.ts";

const REFERENCE = [{ file: "x.js", exportName: "onRequest" }];

function route(routePath: string, kind: "handler" | "middleware" = "handler"): RouteEntry {
  const references = { handlers: [] as typeof REFERENCE, middleware: [] as typeof REFERENCE };
  references[kind === "handler" ? "handlers" : "middleware"] = REFERENCE;
  return { routePath, mountPath: "/", method: undefined, ...references };
}

function generate(...routes: (RouteEntry | string)[]): string[] {
  return generateInvocationRules(routes.map((entry) => (typeof entry === "string" ? route(entry) : entry)))
    .include;
}

describe("generateInvocationRules", () => {
  test.each<[string[], string[]]>([
    [["/"], ["/"]],
    [
      ["/api", "/hello/world"],
      ["/api", "/hello/world"],
    ],
    [["/users/:id"], ["/users/*"]],
    [["/files/:path*"], ["/files/*"]],
    [["/:all*"], ["/*"]],
    [["/post-:slug"], ["/post-*"]],
    [["/v:a.:b"], ["/v*"]],
    [["/n/:id:int/edit"], ["/n/*"]],
    [["/deep/:id.json"], ["/deep/*"]],
    [
      ["/api/a", "/api/b/c", "/api/:x", "/apix"],
      ["/apix", "/api/*"],
    ],
    [["/a", "/a"], ["/a"]],
    [
      ["/Api/Thing", "/sp ace", "/ünï"],
      ["/sp ace", "/ünï", "/Api/Thing"],
    ],
    [
      ["/a/:x", "/a"],
      ["/a", "/a/*"],
    ],
    [
      ["/post-:x", "/post-a/:y"],
      ["/post-*", "/post-a/*"],
    ],
  ])("%j need %j", (routes, include) => {
    expect(generate(...routes)).toEqual(include);
  });

  test("middleware claims everything below it", () => {
    expect(generate(route("/admin", "middleware"), "/admin/x", "/other")).toEqual(["/other", "/admin/*"]);
    expect(generate(route("/", "middleware"), "/x")).toEqual(["/*"]);
    expect(generate(route("/:org", "middleware"))).toEqual(["/*"]);
  });

  test("ends a rule of more than 100 characters at a slash", () => {
    expect(generate(`/${"a".repeat(50)}/${"b".repeat(60)}`)).toEqual([`/${"a".repeat(50)}/*`]);
    expect(generate(`/${"a".repeat(97)}/b/c`)).toEqual([`/${"a".repeat(97)}/*`]);
    expect(generate(`/${"a".repeat(97)}/b`)).toEqual([`/${"a".repeat(97)}/b`]);
  });

  test("gives up where a single segment is too long", () => {
    expect(generate(`/${"a".repeat(100)}`, "/x")).toEqual(["/*"]);
    expect(generate(`/${"a".repeat(98)}/b`)).toEqual(["/*"]);
  });

  test("gives up beyond 100 rules", () => {
    const paths = Array.from({ length: 101 }, (_, index) => `/r${index}`);
    expect(generate(...paths.slice(1))).toHaveLength(100);
    expect(generate(...paths)).toEqual(["/*"]);
  });

  test("always writes a file that would be accepted", () => {
    const segment = fc.constantFrom("a", "b", ":x", ":y*", "post-:z", "c".repeat(60), "d".repeat(120));
    const path = fc.array(segment, { maxLength: 4 }).map((all) => `/${all.join("/")}`);
    const entry = fc.tuple(path, fc.constantFrom("handler" as const, "middleware" as const));
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), (entries) => {
        const rules = generateInvocationRules(entries.map(([routePath, kind]) => route(routePath, kind)));
        expect(parseInvocationRules(JSON.stringify(rules), "_routes.json").problems).toEqual([]);
      }),
    );
  });
});
