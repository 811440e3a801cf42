import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssetFile, Site } from "../../../../src/contract/site.ts";
import { formatSite } from "../../../../src/contract/site-text.ts";
import { readSiteDocument } from "../../../../src/runtimes/server/read-site-document.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-document-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A document with these files, sorted as a build sorts them. */
function siteOf(files: Record<string, AssetFile>, vars: Record<string, unknown> = {}): Site {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { format: 1, application: { kind: "none" }, assets: { files: sorted, binding: "A" }, vars } as never;
}

async function readText(text: string): Promise<Site> {
  const file = join(folder, "site.json");
  await writeFile(file, text);
  return (await readSiteDocument(file)) as Site;
}

const path = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => `/${text}`);
const odd = fc.constantFrom(
  "/",
  '/"',
  "/\\",
  '/\\"',
  "/\n",
  "/a",
  "/a.b",
  "/é",
  "/\u{1f600}",
  "/\uffff",
  "/__proto__",
);
const file = fc.record({ hash: fc.string(), size: fc.nat(), type: fc.string({ unit: "grapheme" }) });

describe("a site document", () => {
  it("is JSON that says what the site does", () => {
    const site = siteOf({
      "/b": { hash: "1", size: 1, type: '"x"' },
      '/a"': { hash: "2", size: 2, type: "y" },
    });
    expect(JSON.parse(formatSite(site))).toEqual(site);
    expect(formatSite(site).split("\n")).toHaveLength(5);
  });

  it("finds each file, and nothing else, however many there are", async () => {
    const entries = fc.array(fc.tuple(fc.oneof(path, odd), file), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(entries, fc.array(fc.oneof(path, odd)), async (files, others) => {
        const site = siteOf(Object.fromEntries(files));
        const read = await readText(formatSite(site));
        for (const asked of [...others, ...Object.keys(site.assets.files)]) {
          expect(Object.hasOwn(read.assets.files, asked)).toBe(Object.hasOwn(site.assets.files, asked));
          expect(read.assets.files[asked]).toEqual(
            Object.hasOwn(site.assets.files, asked) ? site.assets.files[asked] : undefined,
          );
        }
        expect(Object.keys(read.assets.files)).toEqual(Object.keys(site.assets.files));
        expect(Object.entries(read.assets.files)).toEqual(Object.entries(site.assets.files));
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(site)));
      }),
      { numRuns: 300 },
    );
  });

  it("is not misled by variables that look like it", async () => {
    const vars = { files: { "/x": 1 }, text: '"files":{\n"/y":{}\n}' };
    const read = await readText(formatSite(siteOf({ "/a": { hash: "1", size: 1, type: "t" } }, vars)));
    expect([Object.keys(read.assets.files), read.vars]).toEqual([["/a"], vars]);
  });

  it("is read as well when somebody has formatted it", async () => {
    const site = siteOf({ "/a": { hash: "1", size: 1, type: "t" } });
    expect(await readText(JSON.stringify(site, undefined, 2))).toEqual(site);
    expect(await readText(JSON.stringify(site))).toEqual(site);
  });
});
