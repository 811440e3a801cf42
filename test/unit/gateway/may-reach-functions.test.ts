import { describe, expect, it } from "vitest";
import type { Application } from "../../../src/contract/site.ts";
import { createReachFilter } from "../../../src/gateway/may-reach-functions.ts";
import { buildRoutes } from "../../../src/pages/build-routes.ts";

function filterOf(...files: { file: string; exports: string[] }[]) {
  const application: Application = {
    kind: "functions",
    routes: buildRoutes(files).routes,
    invocation: undefined,
  };
  const mayReach = createReachFilter(application);
  return (path: string, method = "GET") => mayReach(new Request(`http://localhost${path}`, { method }));
}

describe("createReachFilter", () => {
  it("lets through what a route or its middleware has, and keeps the rest", () => {
    const reaches = filterOf(
      { file: "users/[id].ts", exports: ["onRequestGet"] },
      { file: "guarded/_middleware.ts", exports: ["onRequest"] },
    );
    expect(["/users/7", "/guarded/file.txt"].map((path) => reaches(path))).toEqual([true, true]);
    expect(["/", "/users", "/style.css"].map((path) => reaches(path))).toEqual([false, false, false]);
  });

  it("knows a guarded path in the spellings by which the files know it", () => {
    const reaches = filterOf({ file: "guarded/_middleware.ts", exports: ["onRequest"] });
    for (const path of [
      "/%67uarded/file.txt",
      "/guarde%64/page",
      "//guarded/file.txt",
      "/GUARDED/file.txt",
    ]) {
      expect(reaches(path), path).toBe(true);
    }
  });

  it("knows other spellings of a path whose file a function hides", () => {
    const reaches = filterOf({ file: "deep/[[path]].ts", exports: ["onRequest"] });
    expect(["/d%65ep/file.txt", "//deep/file.txt"].map((path) => reaches(path))).toEqual([true, true]);
  });

  it("lets a constrained parameter through, whatever its value: the matcher is code of the site", () => {
    const reaches = filterOf(
      { file: "[id=own].ts", exports: ["onRequest"] },
      { file: "_matchers.ts", exports: ["own"] },
    );
    expect(reaches("/anything")).toBe(true);
  });

  it("keeps no method whose refusal names what functions allow", () => {
    const reaches = filterOf({ file: "a.ts", exports: ["onRequestPut"] });
    expect(reaches("/a", "POST")).toBe(true);
    expect(reaches("/a", "HEAD")).toBe(false);
  });

  it("lets everything through to a Worker and nothing where there is no application", () => {
    const request = new Request("http://localhost/");
    const worker: Application = { kind: "worker", invocation: undefined, first: { kind: "always" } };
    expect(createReachFilter(worker)(request)).toBe(true);
    expect(createReachFilter({ kind: "none" })(request)).toBe(false);
  });
});
