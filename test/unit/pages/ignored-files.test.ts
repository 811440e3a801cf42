import { describe, expect, test } from "vitest";
import { isIgnoredAsset } from "../../../src/pages/ignored-files.ts";

describe("isIgnoredAsset", () => {
  test.each([
    "/_headers",
    "/_redirects",
    "/_worker.js",
    "/_worker.js/index.js",
    "/.env",
    "/.git/config",
    "/a/.DS_Store",
    "/.wrangler/state",
    "/.assetsignore",
    "/node_modules/x/index.js",
    "/a/node_modules/x.js",
    "/.well-known/.secret",
    "/.well-known-backup/x",
    "/a/.hidden/b.txt",
  ])("%s is never served", (path) => {
    expect(isIgnoredAsset(path, "pages")).toBe(true);
    expect(isIgnoredAsset(path, "workers")).toBe(true);
  });

  test.each([
    "/.well-known/security.txt",
    "/.well-known",
    "/sub/_headers",
    "/sub/_redirects",
    "/sub/_worker.js",
    "/sub/_routes.json",
    "/sub/functions/a.js",
    "/_headers.txt",
    "/_redirects.bak",
    "/node_modules.txt",
    "/a.b/c",
    "/",
  ])("%s is an asset", (path) => {
    expect(isIgnoredAsset(path, "pages")).toBe(false);
    expect(isIgnoredAsset(path, "workers")).toBe(false);
  });

  test.each(["/functions", "/functions/api.js", "/_routes.json"])(
    "%s means something to Pages, and is a file like any other to Workers",
    (path) => {
      expect(isIgnoredAsset(path, "pages")).toBe(true);
      expect(isIgnoredAsset(path, "workers")).toBe(false);
    },
  );

  test("the slash in front does not matter", () => {
    expect(isIgnoredAsset("_headers", "pages")).toBe(true);
  });
});
