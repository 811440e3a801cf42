import { expect, test } from "vitest";
import { encodeAssetPath } from "../../../src/pages/asset-place.ts";

test.each([
  ["/a b", "/a%20b"],
  ["/[id]/ünï", "/%5Bid%5D/%C3%BCn%C3%AF"],
  ["/100%.txt", "/100%25.txt"],
  ["/a+b@c", "/a%2Bb%40c"],
  ["/que?ry#x", "/que%3Fry%23x"],
  ["/\u{d800}", "/%EF%BF%BD"],
  ["/a/", "/a/"],
])("encodeAssetPath spells %j as %j", (path, spelling) => {
  expect(encodeAssetPath(path)).toBe(spelling);
});
