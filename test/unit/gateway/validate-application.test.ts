import { describe, expect, it } from "vitest";
import type { GatewayContext, Handler } from "../../../src/contract/handler.ts";
import { type Breach, validateApplication } from "../../../src/gateway/validate-application.ts";

const context: GatewayContext = {
  requestId: "1",
  clientAddress: undefined,
  waitUntil() {},
  passThroughOnException() {},
};

async function breachesOf(
  application: unknown,
  request = new Request("http://site.test/path"),
  env: unknown = {},
): Promise<string[]> {
  const found: Breach[] = [];
  const checked = validateApplication(application as Handler, (breach) => found.push(breach));
  try {
    const response = await checked(request, env as never, context);
    if (response instanceof Response) await response.arrayBuffer();
  } catch {
    // The breach is what counts here; the exception is passed on, which another test states.
  }
  return found.map(({ rule, request: name }) => `${rule} ${name}`);
}

const streamOf = (...chunks: unknown[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

describe("a clean application", () => {
  it("has no breaches and its answer is passed on", async () => {
    const checked = validateApplication(
      () => new Response("text", { status: 201, headers: { "content-length": "4" } }),
      () => expect.unreachable(),
    );
    const response = await checked(new Request("http://site.test/"), {}, context);
    expect([response.status, await response.text()]).toEqual([201, "text"]);
  });
});

describe("breaches of the application", () => {
  it.each([
    ["A1", "undefined as an answer", () => undefined],
    ["A1", "Response.error()", () => Response.error()],
    [
      "A5",
      "a Content-Length that is too long",
      () => new Response("text", { headers: { "content-length": "5" } }),
    ],
    [
      "A5",
      "a Content-Length that is no number",
      () => new Response(null, { headers: { "content-length": "five" } }),
    ],
    ["A5", "joined cookies", () => new Response(null, { headers: { "set-cookie": "a=1, b=2" } })],
    [
      "A4",
      "a stream of strings",
      () => new Response(streamOf("text"), { headers: { "content-length": "4" } }),
    ],
    ["A8", "a connection field", () => new Response(null, { headers: { connection: "close" } })],
    [
      "A7",
      "a thrown string",
      () => {
        throw "text";
      },
    ],
    [
      "A6",
      "waitUntil without a promise",
      (_r: Request, _e: object, c: GatewayContext) => {
        c.waitUntil(1 as never);
        return new Response();
      },
    ],
  ])("%s: %s", async (rule, _name, application) => {
    expect(await breachesOf(application)).toContain(`${rule} GET /path`);
  });

  it("A2: one Response for two requests", async () => {
    const shared = new Response(null);
    const found: Breach[] = [];
    const checked = validateApplication(
      () => shared,
      (breach) => found.push(breach),
    );
    await checked(new Request("http://site.test/"), {}, context);
    await checked(new Request("http://site.test/"), {}, context);
    expect(found.map(({ rule }) => rule)).toEqual(["A2"]);
  });

  it("A2: a Response that was read", async () => {
    expect(
      await breachesOf(async () => {
        const response = new Response("x");
        await response.text();
        return response;
      }),
    ).toContain("A2 GET /path");
  });

  it("takes no offence at HEAD being answered by a handler for GET", async () => {
    const head = new Request("http://site.test/path", { method: "HEAD" });
    expect(await breachesOf(() => new Response("body"), head)).toEqual([]);
  });

  it("does not take the comma of an Expires date for a second cookie", async () => {
    expect(
      await breachesOf(
        () => new Response(null, { headers: { "set-cookie": "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT" } }),
      ),
    ).toEqual([]);
  });

  it("passes exceptions on", async () => {
    const checked = validateApplication(
      () => {
        throw new Error("mine");
      },
      () => expect.unreachable(),
    );
    await expect(checked(new Request("http://site.test/"), {}, context)).rejects.toThrow("mine");
  });
});

describe("breaches of the server", () => {
  it("S2: no env", async () => {
    expect(await breachesOf(() => new Response(), undefined, null)).toContain("S2 GET /path");
  });
});
