import fc from "fast-check";
import { expect, test } from "vitest";
import type { RouteEntry } from "../../../src/contract/site.ts";
import { createRouteTable } from "../../../src/pages/route-table.ts";
import { ask, createAssetSite } from "./asset-site.ts";

const SECRET = "guarded";
const GUARD: RouteEntry = {
  routePath: "/admin",
  mountPath: "/admin",
  method: undefined,
  middleware: [{ file: "admin/_middleware.js", exportName: "onRequest" }],
  handlers: [],
};

const table = createRouteTable([GUARD]);
const site = createAssetSite({
  files: {
    "/index.html": "home",
    "/admin/index.html": SECRET,
    "/admin/a b/x.txt": SECRET,
    "/admin/[id].html": SECRET,
    "/public/admin/x.txt": "free",
  },
});

/** Each character as it is, or escaped for no reason. */
function spell(text: string): fc.Arbitrary<string> {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((escaped) =>
      [...text].map((character, index) => (escaped[index] ? percent(character) : character)).join(""),
    );
}

/** Mostly the spellings that lead to a file, among them others that might. */
const slash = fc.constantFrom(
  "/",
  "/",
  "/",
  "/",
  "/",
  "%2f",
  "/./",
  "//",
  "/./",
  "/x/../",
  "%2f",
  "%2F",
  "/%2e/",
  "/x/..%2f",
  "\\",
  "%5c",
  "/%2F",
);
const path = fc
  .constantFrom(
    ["admin", ""],
    ["admin", "a b", "x.txt"],
    ["admin", "[id]"],
    ["admin", "index.html"],
    ["public", "admin", "x.txt"],
  )
  .chain((segments) => fc.tuple(...segments.flatMap((segment) => [slash, spell(segment)])))
  .map((parts) => parts.join("").replace(/^(?!\/)/, "/"));

test("whatever spelling reaches a file, its directory's middleware sees it", async () => {
  let served = 0;
  await fc.assert(
    fc.asyncProperty(path, async (spelling) => {
      const url = new URL(`https://site.test${spelling}`);
      if (url.host !== "site.test") return;
      const { body } = await ask(site, url.href);
      if (body !== SECRET) return;
      served += 1;
      expect(table.match("GET", url.pathname).middleware).toHaveLength(1);
    }),
    { numRuns: 5000 },
  );
  expect(served).toBeGreaterThan(500);
});
