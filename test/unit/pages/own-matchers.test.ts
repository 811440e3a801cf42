import { expect, test } from "vitest";
import { createTestSite } from "../../../src/testing.ts";

const show = (context: { params: Record<string, string> }) => Response.json(context.params);

const site = await createTestSite({
  functions: {
    "_matchers.js": {
      even: (value: string) => BigInt(value) % 2n === 0n,
      lang: /en|de/,
    },
    "numbers/[n=even].js": { onRequest: show },
    "[lang=lang]/about.js": { onRequest: show },
    "posts/[id=int].js": { onRequest: show },
  },
  assets: { "/404.html": "<h1>not here</h1>" },
});

test.each([
  ["/numbers/4", { n: "4" }],
  ["/de/about", { lang: "de" }],
  ["/posts/42", { id: "42" }],
])("%s fits its matcher", async (path, params) => {
  const response = await site.fetch(path);
  expect(await response.json()).toEqual(params);
});

test.each(["/numbers/5", "/numbers/four", "/fr/about", "/dem/about", "/posts/042", "/posts/%34%32"])(
  "%s does not, and is answered by the static files with 404",
  async (path) => {
    const response = await site.fetch(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe("<h1>not here</h1>");
  },
);
