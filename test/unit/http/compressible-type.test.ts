import { describe, expect, test } from "vitest";
import { isCompressibleType } from "../../../src/http/compressible-type.ts";

describe("isCompressibleType", () => {
  test.each([
    "text/html; charset=utf-8",
    "TEXT/PLAIN",
    "application/json",
    "application/javascript",
    "image/svg+xml",
    "application/problem+json",
    "application/wasm",
    "font/ttf",
    "image/vnd.microsoft.icon",
  ])("%s shrinks", (type) => {
    expect(isCompressibleType(type)).toBe(true);
  });

  test.each([
    "image/png",
    "video/mp4",
    "font/woff2",
    "application/zip",
    "application/octet-stream",
    "application/pdf",
    "text/event-stream",
    "text/event-stream; charset=utf-8",
    "",
  ])("%j does not, or must not be held back", (type) => {
    expect(isCompressibleType(type)).toBe(false);
  });
});
