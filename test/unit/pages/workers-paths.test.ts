import { describe, expect, test } from "vitest";
import type { WorkersHtmlHandling } from "../../../src/pages/asset-place.ts";
import { createWorkersPlaceFinder, decodeWorkersPath } from "../../../src/pages/workers-paths.ts";

const FILES = [
  "/index.html",
  "/file.html",
  "/folder/index.html",
  "/both.html",
  "/both/index.html",
  "/bin",
  "/bin.html",
  "/plain.txt",
  "/idx/index",
];

/** Path → what auto, force, drop and none make of it; `→x` is a redirect, `-` nothing. */
const TABLE: [string, string, string, string, string][] = [
  ["/", "/index.html", "/index.html", "/index.html", "-"],
  ["/index", "→/", "→/", "→/", "-"],
  ["/index.html", "→/", "→/", "→/", "/index.html"],
  ["/index/", "→/index", "/index.html", "→/index", "-"],
  ["/file", "/file.html", "→/file/", "/file.html", "-"],
  ["/file/", "→/file", "/file.html", "→/file", "-"],
  ["/file.html", "→/file", "→/file/", "→/file", "/file.html"],
  ["/file.html/", "-", "-", "-", "-"],
  ["/file/index", "→/file", "→/file/", "→/file", "-"],
  ["/file/index.html", "→/file", "→/file/", "→/file", "-"],
  ["/folder", "→/folder/", "→/folder/", "/folder/index.html", "-"],
  ["/folder/", "/folder/index.html", "/folder/index.html", "→/folder", "-"],
  ["/folder.html", "→/folder/", "→/folder/", "→/folder", "-"],
  ["/folder/index", "→/folder/", "→/folder/", "→/folder", "-"],
  ["/folder/index.html", "→/folder/", "→/folder/", "→/folder", "/folder/index.html"],
  ["/folder/index/", "→/folder/index", "/folder/index.html", "→/folder/index", "-"],
  ["/both", "/both.html", "→/both/", "/both.html", "-"],
  ["/both/", "/both/index.html", "/both/index.html", "→/both", "-"],
  ["/both.html", "→/both", "/both.html", "→/both", "/both.html"],
  ["/both/index", "→/both/", "→/both/", "→/both", "-"],
  ["/both/index.html", "→/both/", "→/both/", "/both/index.html", "/both/index.html"],
  ["/bin", "/bin", "/bin", "/bin", "/bin"],
  ["/bin/", "-", "/bin.html", "-", "-"],
  ["/bin.html", "/bin.html", "→/bin/", "/bin.html", "/bin.html"],
  ["/bin/index", "-", "→/bin/", "-", "-"],
  ["/plain.txt", "/plain.txt", "/plain.txt", "/plain.txt", "/plain.txt"],
  ["/plain.txt/", "-", "-", "-", "-"],
  ["/plain", "-", "-", "-", "-"],
  ["/idx/index", "/idx/index", "/idx/index", "/idx/index", "/idx/index"],
  ["/idx/", "-", "-", "-", "-"],
  ["/idx", "-", "-", "-", "-"],
  ["/FILE", "-", "-", "-", "-"],
];

function find(mode: WorkersHtmlHandling, path: string, contents: Record<string, string>): string {
  const place = createWorkersPlaceFinder(mode)(path, (candidate) => contents[candidate]);
  if (place === undefined) return "-";
  return place.kind === "redirect" ? `→${place.path}` : place.path;
}

describe("createWorkersPlaceFinder", () => {
  const contents = Object.fromEntries(FILES.map((file) => [file, file]));

  test.each(TABLE)("%s is %s, %s, %s or %s by mode", (path, auto, force, drop, none) => {
    expect({
      auto: find("auto-trailing-slash", path, contents),
      force: find("force-trailing-slash", path, contents),
      drop: find("drop-trailing-slash", path, contents),
      none: find("none", path, contents),
    }).toEqual({ auto, force, drop, none });
  });

  test("redirects to no address at which a file lies, be it the same", () => {
    const same = { "/bin": "1", "/bin.html": "1", "/x.html": "2", "/x/index.html": "2", "/x/": "2" };
    for (const mode of ["auto-trailing-slash", "drop-trailing-slash"] as const)
      expect(find(mode, "/bin.html", same)).toBe("/bin.html");
    expect(find("force-trailing-slash", "/x.html", same)).toBe("/x.html");
  });

  test("redirects between two files only if they have the same content", () => {
    const different = { "/a.html": "1", "/a/index.html": "2" };
    expect(find("drop-trailing-slash", "/a/", different)).toBe("→/a");
    expect(find("drop-trailing-slash", "/a/index.html", different)).toBe("/a/index.html");
    expect(find("drop-trailing-slash", "/a/index.html", { "/a.html": "1", "/a/index.html": "1" })).toBe(
      "→/a",
    );
  });
});

describe("decodeWorkersPath", () => {
  test.each([
    ["/a%20b", "/a b"],
    ["/%2Fa", "/a"],
    ["//a///b", "/a/b"],
    ["/a/..%2Fb", "/a/../b"],
    ["/%255Bx", "/%5Bx"],
    ["/%zz/%41", "/%zz/A"],
    ["/", "/"],
  ])("reads %s as %s", (pathname, path) => {
    expect(decodeWorkersPath(pathname)).toBe(path);
  });
});
