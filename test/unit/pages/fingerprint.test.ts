import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFingerprinted } from "../../../src/pages/fingerprint.ts";

describe("isFingerprinted", () => {
  test.each([
    "/app.3f2a91bc.js",
    "/assets/index-BxK3f_9a.css",
    "/assets/Bx3-fA9a.js",
    "/3f2a91bc.js",
    "/static/js/main.3f2a91bc.chunk.js",
    "/static/js/main.3f2a91bc.js.map",
    "/chunk-5QXJ4TYA.js",
    "/framework-9f8a7b6c5d4e3f2a1b0c.js",
    "/logo.a1b2c3d4e5f60718.svg",
    "/_app/immutable/chunks/index.js",
    "/_next/static/chunks/main.js",
  ])("%s is", (path) => {
    expect(isFingerprinted(path)).toBe(true);
  });

  test.each([
    "/app.js",
    "/report-20240101.pdf",
    "/report-20240101.png",
    "/photo-20240101a.png",
    "/IMG_20240101_123456.jpg",
    "/screenshot-2024-01-01.png",
    "/jquery-3.7.1.js",
    "/jquery-3.7.1.min.js",
    "/highlight-11.9.0.js",
    "/deadbeef.js",
    "/decade80.js",
    "/main-ABCDEFGH.js",
    "/doc-VERSION2.svg",
    "/chapter-Section2.png",
    "/x-Mp4Video.js",
    "/icon-iOS17App.png",
    "/site-background-image.png",
    "/apple-touch-icon-180x180.png",
    "/Roboto-BoldItalic.ttf",
    "/page.3f2a91bc.html",
    "/data.3f2a91bc.json",
    "/3f2a91bc/app.js",
    "/_nuxt/builds/latest.json",
    "/Photo-v2.js",
    "/x-v2-App-3.js",
    "/sw.js",
    "/",
  ])("%s is not", (path) => {
    expect(isFingerprinted(path)).toBe(false);
  });

  test("no name of words and numbers is", () => {
    const word = fc.constantFrom(
      "index",
      "main",
      "Photo",
      "LOGO",
      "v2",
      "2024",
      "01",
      "myModule",
      "min",
      "dark",
    );
    const separator = fc.constantFrom("-", "_", ".");
    const name = fc
      .array(fc.tuple(word, separator), { minLength: 1, maxLength: 4 })
      .map((all) => all.flat().join("").slice(0, -1));
    fc.assert(
      fc.property(name, fc.constantFrom("js", "css", "png", "woff2"), (stem, extension) => {
        expect(isFingerprinted(`/${stem}.${extension}`)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
