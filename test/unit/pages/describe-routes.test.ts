import { expect, test } from "vitest";
import { buildRoutes } from "../../../src/pages/build-routes.ts";
import { describeMiddleware, describeRoutes } from "../../../src/pages/describe-routes.ts";

const { routes } = buildRoutes([
  { file: "_middleware.ts", exports: ["onRequest"] },
  { file: "admin/_middleware.ts", exports: ["onRequestPost", "onRequest"] },
  { file: "[org]/_middleware.ts", exports: ["onRequest"] },
  { file: "admin/users/[id=int].ts", exports: ["onRequestGet", "onRequestPost"] },
  { file: "admin/stats.ts", exports: ["onRequestGet"] },
  { file: "[[path]].ts", exports: ["onRequest"] },
  { file: "files/_middleware.ts", exports: ["onRequest"] },
]);

test("routes are described in matching order, a file's methods in one row", () => {
  expect(describeRoutes(routes).map(({ pattern, methods, file }) => [pattern, methods, file])).toEqual([
    ["/admin/users/:id:int", ["GET", "POST"], "admin/users/[id=int].ts"],
    ["/admin/stats", ["GET"], "admin/stats.ts"],
    ["/:path*", ["ANY"], "[[path]].ts"],
  ]);
});

test("a route's chain is the middleware that runs whatever its parameters are, outermost first", () => {
  const chains = describeRoutes(routes).map(({ middleware }) =>
    middleware.map(({ file, method }) => `${file} ${method}`),
  );
  const outer = ["_middleware.ts ANY", "[org]/_middleware.ts ANY", "admin/_middleware.ts ANY"];
  expect(chains).toEqual([[...outer, "admin/_middleware.ts POST"], outer, ["_middleware.ts ANY"]]);
});

test("a chain covers whole segments, whatever their case, and no literal covers a parameter", () => {
  const { routes: mixed } = buildRoutes([
    { file: "ADMIN/_middleware.ts", exports: ["onRequest"] },
    { file: "adm/_middleware.ts", exports: ["onRequest"] },
    { file: "[[all]]/_middleware.ts", exports: ["onRequest"] },
    { file: "admin/x.ts", exports: ["onRequest"] },
    { file: "[org]/y.ts", exports: ["onRequest"] },
  ]);
  expect(
    describeRoutes(mixed).map(({ file, middleware }) => [file, middleware.map((row) => row.file)]),
  ).toEqual([
    ["admin/x.ts", ["[[all]]/_middleware.ts", "ADMIN/_middleware.ts"]],
    ["[org]/y.ts", ["[[all]]/_middleware.ts"]],
  ]);
});

test("middleware for another method is in no chain", () => {
  const { routes: byMethod } = buildRoutes([
    { file: "_middleware.ts", exports: ["onRequestPost", "onRequestGet"] },
    { file: "a.ts", exports: ["onRequestGet"] },
  ]);
  expect(describeRoutes(byMethod)[0]?.middleware.map(({ method }) => method)).toEqual(["GET"]);
});

test("all middleware can be listed, also what stands only before static files", () => {
  expect(describeMiddleware(routes)).toContainEqual({
    pattern: "/files",
    method: "ANY",
    file: "files/_middleware.ts",
    exportName: "onRequest",
  });
  expect(describeMiddleware(routes).map(({ file }) => file)[0]).toBe("_middleware.ts");
});
