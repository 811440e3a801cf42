import { expect, test } from "vitest";
import { selectOutputDirectory } from "../../../src/config/output-directory.ts";

const project = (assetsDir?: string, functionsDir?: string) => ({ root: "/site", assetsDir, functionsDir });

test("a build goes to dist", () => {
  expect(selectOutputDirectory(project("/site/public"))).toEqual({ outDir: "/site/dist", problems: [] });
});

test("a build goes elsewhere where dist holds, or is part of, what the site is made of", () => {
  for (const assetsDir of ["/site/dist", "/site/dist/client", "/site"]) {
    expect(selectOutputDirectory(project(assetsDir)).outDir).toBe("/site/.causeway/build");
  }
  expect(selectOutputDirectory(project(undefined, "/site/dist/functions")).outDir).toBe(
    "/site/.causeway/build",
  );
});

test("a wish that would overwrite sources is refused", () => {
  for (const wish of [".", "..", "public", "/site"]) {
    expect(selectOutputDirectory(project("/site/public"), wish).problems, wish).toMatchObject([
      { code: "output-overwrites-sources" },
    ]);
  }
  expect(selectOutputDirectory(project("/site/public"), "release")).toEqual({
    outDir: "/site/release",
    problems: [],
  });
  expect(selectOutputDirectory(project("/site/public"), "public-build").problems).toEqual([]);
});

test("a wish that the next build would publish is refused", () => {
  for (const wish of ["public/build", "public/a/b"]) {
    expect(selectOutputDirectory(project("/site/public"), wish).problems, wish).toMatchObject([
      { code: "output-published" },
    ]);
  }
});
