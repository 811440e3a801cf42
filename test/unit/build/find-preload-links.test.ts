import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findPreloadLinks } from "../../../src/build/find-preload-links.ts";
import { sha256 } from "../../conformance/asset-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-links-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, text: string, type: string | undefined) {
  const file = join(folder, name);
  await writeFile(file, text);
  return { hash: sha256(new TextEncoder().encode(text)), size: text.length, type, file };
}
const find = (files: Parameters<typeof findPreloadLinks>[0]) =>
  findPreloadLinks(files, join(folder, "cache/links.json"));

const PAGE = "<link rel=preload as=style href=/a.css>";
const VALUE = '</a.css>; rel="preload"; as=style';

test("pages with links are found by their content", async () => {
  const page = await write("a.html", PAGE, "text/html; charset=utf-8");
  const others = [await write("b.html", "plain", "text/html"), await write("c.txt", PAGE, "text/plain")];
  const unnamed = await write("d", PAGE, undefined);
  expect([...(await find([page, ...others.slice(0, 1)]))]).toEqual([[page.hash, VALUE]]);
  expect([...(await find([...others, unnamed]))]).toEqual([]);
});

test("a page that did not change is not read again", async () => {
  const page = await write("a.html", PAGE, "text/html");
  await find([page]);
  await rm(page.file);
  expect((await find([page])).get(page.hash)).toBe(VALUE);
});

test("a page that was rewritten since it was listed gives nothing, now or later", async () => {
  const page = await write("a.html", PAGE, "text/html");
  await write("a.html", PAGE.replace("a.css", "b.css"), "text/html");
  expect((await find([page])).size).toBe(0);
  await write("a.html", PAGE, "text/html");
  expect((await find([page])).get(page.hash)).toBe(VALUE);
});
