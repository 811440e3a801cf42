import { describe, expect, it } from "vitest";
import { createAssetsBinding, followRedirects } from "../../../src/gateway/assets-binding.ts";

/** `/r301` and the like redirect to /page, `/away` to another site, `/loop` to itself. */
async function serve(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const [, status] = /^\/r(\d+)$/.exec(pathname) ?? [];
  if (status !== undefined) return redirect(Number(status), "/page#part");
  if (pathname === "/away") return redirect(302, "https://other.test/");
  if (pathname === "/loop") return redirect(308, "/loop");
  return new Response(`${request.method} ${pathname} ${request.headers.get("x-own")}`);
}

function redirect(status: number, location: string): Response {
  return new Response(null, { status, headers: { location } });
}

const { fetch: ask } = createAssetsBinding(serve);
const at = (path: string) => `https://site.test${path}`;

describe("env.ASSETS", () => {
  it("follows redirects within the site, and tells where the answer comes from", async () => {
    const response = await ask(at("/r308"), { headers: { "x-own": "kept" } });
    expect(await response.text()).toBe("GET /page kept");
    expect([response.url, response.redirected]).toEqual([at("/page"), true]);
  });

  it("tells so of an answer without redirect, less the fragment", async () => {
    const response = await ask(new URL(at("/page?q=1#part")));
    expect([response.url, response.redirected]).toEqual([at("/page?q=1"), false]);
  });

  it("returns a redirect in mode manual, and one to another site", async () => {
    const manual = await ask(new Request(at("/r301"), { redirect: "manual" }));
    expect([manual.status, manual.url, manual.redirected]).toEqual([301, at("/r301"), false]);
    expect((await ask(at("/away"))).headers.get("location")).toBe("https://other.test/");
  });

  it.each([
    ["POST", 301, "GET"],
    ["POST", 302, "GET"],
    ["POST", 303, "GET"],
    ["POST", 307, "POST"],
    ["POST", 308, "POST"],
    ["PUT", 301, "PUT"],
    ["PUT", 303, "GET"],
    ["HEAD", 303, "HEAD"],
    ["HEAD", 301, "HEAD"],
  ])("goes on after %s and %i with %s", async (method, status, then) => {
    expect(await (await ask(at(`/r${status}`), { method })).text()).toBe(`${then} /page null`);
  });

  it("ends a loop", async () => {
    await expect(ask(at("/loop"))).rejects.toThrow("Too many redirects");
  });

  it("refuses a redirect in mode error, and a relative address", async () => {
    await expect(ask(at("/r301"), { redirect: "error" })).rejects.toThrow(TypeError);
    await expect(ask("/page")).rejects.toThrow(TypeError);
  });
});

describe("the end of a chain", () => {
  it("follows redirects too, but names no address: next() returns a copy", async () => {
    const response = await followRedirects(serve)(new Request(at("/r301")));
    expect([response.url, response.redirected]).toEqual(["", false]);
  });
});
