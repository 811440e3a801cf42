import { describe, expect, test } from "vitest";
import { extensionOf, mediaTypeOf } from "../../../src/http/media-type.ts";

describe("mediaTypeOf", () => {
  test.each<[string, string]>([
    ["/index.html", "text/html; charset=utf-8"],
    ["/a.txt", "text/plain; charset=utf-8"],
    ["/a.css", "text/css; charset=utf-8"],
    ["/a.js", "application/javascript"],
    ["/a.mjs", "application/javascript"],
    ["/a.json", "application/json"],
    ["/a.js.map", "application/json"],
    ["/a.xml", "application/xml"],
    ["/favicon.ico", "image/vnd.microsoft.icon"],
    ["/app.webmanifest", "application/manifest+json"],
    ["/a.svg", "image/svg+xml"],
    ["/A.PNG", "image/png"],
    ["/a.woff2", "font/woff2"],
    ["/a.wasm", "application/wasm"],
    ["/README", "application/octet-stream"],
    ["/a.unknown-thing", "application/octet-stream"],
    ["/a.jxl", "image/jxl"],
    ["/v1.0/file", "application/octet-stream"],
    ["/a.constructor", "application/octet-stream"],
  ])("Pages serves %s as %s", (path, type) => {
    expect(mediaTypeOf(path, "pages")).toBe(type);
  });

  test.each<[string, string | undefined]>([
    ["/a.js", "text/javascript; charset=utf-8"],
    ["/a.mjs", "text/javascript; charset=utf-8"],
    ["/a.html", "text/html; charset=utf-8"],
    ["/favicon.ico", "image/vnd.microsoft.icon"],
    ["/a.json", "application/json"],
    ["/README", undefined],
    ["/a.unknown-thing", undefined],
    ["/a.constructor", undefined],
  ])("Workers serve %s as %s", (path, type) => {
    expect(mediaTypeOf(path, "workers")).toBe(type);
  });
});

describe("extensionOf", () => {
  test.each([
    ["/a/b.TXT", "txt"],
    ["/a.b/c", ""],
    ["/.html", "html"],
    ["/a.", ""],
    ["/", ""],
  ])("%s has the extension %j", (path, extension) => {
    expect(extensionOf(path)).toBe(extension);
  });
});
