import { describe, expect, test } from "vitest";
import { scanPreloadLinks } from "../../../src/build/preload-links.ts";

const scan = (page: string) => scanPreloadLinks(new TextEncoder().encode(page));

describe("the links of a page", () => {
  test.each([
    ["<link rel=preload as=style href=/a.css>", '</a.css>; rel="preload"; as=style'],
    ['<LINK REL="PreConnect" HREF="https://fonts.example">', '<https://fonts.example>; rel="preconnect"'],
    ['<link rel="modulepreload" href="app.js">', '<app.js>; rel="modulepreload"'],
    [
      '<link rel=preload as=image href="a b.png?x=1&amp;y=2">',
      '<a%20b.png?x=1&y=2>; rel="preload"; as=image',
    ],
    ['<link rel=preload as=font href="/ü.woff2">', '</%C3%BC.woff2>; rel="preload"; as=font'],
    [
      "<link rel=preconnect href=//cdn.example><link rel=preload as=script href=/a.js>",
      '<//cdn.example>; rel="preconnect", </a.js>; rel="preload"; as=script',
    ],
  ])("%s", async (page, value) => expect(await scan(page)).toBe(value));

  test.each([
    "<link rel=stylesheet href=/a.css>",
    '<link rel="stylesheet preload" href=/a.css as=style>',
    "<link rel=preload href=/a.css as=style media=print>",
    "<link rel=preload href=/a.woff2 as=font crossorigin>",
    '<link rel=preload href="data:text/css,a{}" as=style>',
    '<link rel=preload href="java\nscript:alert(1)" as=script>',
    '<link rel=preload as=style href="">',
    "<link rel=preload as=style>",
    "<!-- <link rel=preload href=/a.css as=style> -->",
    '<script>"<link rel=preload href=/a.css as=style>"</script>',
    "<p>How to preload</p>",
  ])("%s is none", async (page) => expect(await scan(page)).toBeUndefined());

  test("relative ones start from the first base, wherever it stands", async () => {
    const link = "<link rel=preload as=script href=a.js><link rel=preload as=script href=/b.js>";
    expect(await scan(`${link}<base href=/app/><base href=/other/>`)).toBe(
      '</app/a.js>; rel="preload"; as=script, </b.js>; rel="preload"; as=script',
    );
    expect(await scan(`<base href="https://cdn.example/x/">${link}`)).toContain(
      "<https://cdn.example/x/a.js>",
    );
    // Where this base leads depends on the address of the page, of which there may be several.
    expect(await scan(`<base href="../">${link}`)).toBe('</b.js>; rel="preload"; as=script');
  });

  test("nothing in a page can end the field or add to it", async () => {
    const value = await scan('<link rel=preload as=style href="/a>;rel=x,\r\nSet-Cookie: a=b<\\">');
    expect(value).toBe('</a%3E;rel=x,Set-Cookie:%20a=b%3C%5C>; rel="preload"; as=style');
    expect(await scan('<link rel=preload as="style; x" href="/a">')).toBeUndefined();
  });

  test("the field stays within what proxies take", async () => {
    const page = Array.from(
      { length: 200 },
      (_, index) => `<link rel=modulepreload href=/chunk-${index}.js>`,
    ).join("");
    const value = (await scan(page)) ?? "";
    expect(value.length).toBeLessThanOrEqual(2_048);
    expect(value.length).toBeGreaterThan(1_900);
    expect(value.endsWith('; rel="modulepreload"')).toBe(true);
  });
});
