// The compiled table and a plain reading of the rules agree on any tree of files and any path.

import fc from "fast-check";
import { expect, test } from "vitest";
import { buildRoutes } from "../../../src/pages/build-routes.ts";
import { createRouteTable, type RouteHit } from "../../../src/pages/route-table.ts";
import { type LiteralFile, type LiteralHit, routeLiterally } from "./literal-router.ts";

/** Each run is one tree with one path; set CAUSEWAY_PROPERTY_RUNS for more. */
const RUNS = Number(process.env.CAUSEWAY_PROPERTY_RUNS ?? 5_000);

const directory = fc.constantFrom(
  ...["a", "b", "A", "ab", "sp ace", "é", "x.y", "a%20b", "^c", "suf"],
  ...["[p]", "[q]", "[p=int]", "[p=alpha]", "v[n]", "[p]-[q]", "[p].json", "post-[p=int]", "[p]--[q]-[n]"],
  ...["[[r]]", "[[s]]", "[[r]]suf", "[[n=int]]", "[[r]]-[q]"],
);
const baseName = fc.oneof(
  { arbitrary: directory, weight: 3 },
  { arbitrary: fc.constantFrom("index", "_middleware", "_middleware_"), weight: 2 },
);
const exportNames = fc.constantFrom(
  ...[["onRequest"], ["onRequestGet"], ["onRequestPost"], ["onRequestHead"]],
  ...[
    ["onRequestGet", "onRequest"],
    ["onRequestGet", "onRequestHead"],
    ["onRequestGet", "onRequestPost"],
  ],
);
const functionFile = fc
  .tuple(fc.array(directory, { maxLength: 2 }), baseName, fc.constantFrom("js", "ts"), exportNames)
  .map(([directories, name, extension, exports]) => ({
    file: [...directories, `${name}.${extension}`].join("/"),
    exports: [...exports],
  }));
const tree = fc.uniqueArray(functionFile, { minLength: 1, maxLength: 8, selector: ({ file }) => file });

const plainValue = fc.constantFrom("12", "0", "-7", "abc", "X");
const oddValue = fc.constantFrom(
  ...["v12", "1-2", "x-y-z", "x--y-z", "--", "7.json", ".json", "post-9", "post-x", "index", "xzy"],
  ...["%61", "a%2Fb", "..%2Fa", "a%2f..", "%2e", "%5Cb", "%zz", "a%20b", ""],
);
const value = fc.oneof({ arbitrary: plainValue, weight: 3 }, oddValue);
const anyPath = fc.array(fc.oneof(value, directory.map(encodeURI)), { maxLength: 5 });

/** A path that one of the files may answer: its name with values for parameters, in some spelling. */
function pathFor(files: LiteralFile[]): fc.Arbitrary<string[]> {
  return fc.constantFrom(...files).chain(({ file }) => {
    const names = file.replace(/\/?(?:index|_middleware_?)?\.\w+$/, "").split("/");
    const more = fc.constantFrom([], [], ["x"]);
    return fc.tuple(...names.map(spellingOf), more).map((segments) => segments.flat());
  });
}

function spellingOf(name: string): fc.Arbitrary<string[]> {
  if (name.startsWith("[[")) {
    const text = name.replace(/\[\[\w+(?:=\w+)?\]\]/, "").replaceAll("[q]", "9");
    return fc
      .array(value, { maxLength: 3 })
      .map((values) => [...values.slice(0, -1), `${values.at(-1) ?? ""}${text}`]);
  }
  if (name.includes("[")) return value.map((text) => [name.replace(/\[\w+(?:=\w+)?\]/g, text)]);
  const text = encodeURI(name);
  const escaped = `%${(name.codePointAt(0) ?? 0).toString(16)}${encodeURI(name.slice(1))}`;
  return fc.constantFrom(
    [text],
    [text],
    [text],
    [text.toUpperCase()],
    ["", text],
    name === "é" ? [text] : [escaped],
  );
}

const request = tree.chain((files) =>
  fc.record({
    files: fc.constant(files),
    method: fc.constantFrom("GET", "GET", "POST", "HEAD", "HEAD", "PROPFIND"),
    pathname: fc
      .tuple(fc.oneof(anyPath, { arbitrary: pathFor(files), weight: 3 }), fc.boolean())
      .map(
        ([segments, hasSlash]) => new URL(`http://host/${segments.join("/")}${hasSlash ? "/" : ""}`).pathname,
      ),
  }),
);

function toLiteral(hit: RouteHit | undefined, role: "handlers" | "middleware"): LiteralHit | undefined {
  if (hit === undefined) return undefined;
  const [reference] = hit.entry[role];
  return {
    file: reference?.file ?? "",
    exportName: reference?.exportName ?? "",
    params: { ...hit.params },
    functionPath: hit.functionPath,
  };
}

test(`the compiled table does what the rules say, for ${RUNS} trees and paths`, () => {
  const property = fc.property(request, ({ files, method, pathname }) => {
    const { routes, problems } = buildRoutes(files);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    const match = createRouteTable(routes).match(method, pathname);
    const expected = routeLiterally(files, method, pathname);
    expect(toLiteral(match.route, "handlers")).toEqual(expected.route);
    expect(match.middleware.map((hit) => toLiteral(hit, "middleware"))).toEqual(expected.middleware);
  });
  fc.assert(property, { numRuns: RUNS });
}, 600_000);
