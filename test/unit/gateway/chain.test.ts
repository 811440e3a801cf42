import { describe, expect, it } from "vitest";
import type { GatewayContext } from "../../../src/contract/handler.ts";
import {
  type ChainStep,
  type EventHandler,
  runChain,
  withMutableHeaders,
} from "../../../src/gateway/chain.ts";
import type { EventContext } from "../../../src/gateway/event-context.ts";

const ORIGIN = "http://site.test";

function step(run: EventHandler, functionPath = "/"): ChainStep {
  return { run, name: "onRequest of functions/x.ts", params: {}, functionPath };
}

async function run(steps: ChainStep[], request = new Request(`${ORIGIN}/path`), end = serveEnd) {
  const context: GatewayContext = {
    requestId: "id",
    clientAddress: undefined,
    waitUntil() {},
    passThroughOnException() {},
  };
  const env = { ASSETS: { fetch: async () => new Response("assets") } };
  return runChain(steps, request, { env, context, end });
}

const serveEnd = async (request: Request) =>
  new Response(`end ${request.method} ${new URL(request.url).pathname}`);
const textOf = async (response: Promise<Response>) => (await response).text();

describe("the order of a chain", () => {
  it("runs each function when the one before calls next", async () => {
    const trail: string[] = [];
    const note = (name: string) =>
      step(async ({ next }) => {
        trail.push(`${name} in`);
        const response = await next();
        trail.push(`${name} out`);
        return response;
      });
    await run([note("a"), note("b")]);
    expect(trail).toEqual(["a in", "b in", "b out", "a out"]);
  });

  it("ends at the static files", async () => {
    expect(await textOf(run([step(({ next }) => next())]))).toBe("end GET /path");
  });

  it("stops where a function answers without next", async () => {
    expect(await textOf(run([step(() => new Response("first")), step(() => new Response("second"))]))).toBe(
      "first",
    );
  });

  it("goes on down the chain when next is called again, and asks the files again at its end", async () => {
    const twice = step(
      async ({ next }) =>
        new Response(
          `${await (await next()).text()},${await (await next()).text()},${await (await next()).text()}`,
        ),
    );
    expect(await textOf(run([twice, step(() => new Response("b"))]))).toBe("b,end GET /path,end GET /path");
  });
});

describe("next with a request", () => {
  it("resolves a string against the current URL", async () => {
    expect(await textOf(run([step(({ next }) => next("/other"))]))).toBe("end GET /other");
  });

  it("replaces what later functions see, not which run", async () => {
    const replace = step(({ next }) => next(new Request(`${ORIGIN}/new`, { method: "PUT", body: "x" })));
    const see = step(
      async ({ request }) => new Response(`${request.method} ${request.url} ${await request.text()}`),
    );
    expect(await textOf(run([replace, see]))).toBe(`PUT ${ORIGIN}/new x`);
  });

  it("drops method and body of the original when given only a path", async () => {
    const original = new Request(`${ORIGIN}/path`, { method: "POST", body: "x" });
    expect(await textOf(run([step(({ next }) => next("/other"))], original))).toBe("end GET /other");
  });

  it("gives a response whose headers can be changed", async () => {
    const change = step(async ({ next }) => {
      const response = await next();
      response.headers.set("x-changed", "yes");
      return response;
    });
    const response = await run([change, step(() => Response.redirect(`${ORIGIN}/away`))]);
    expect([response.status, response.headers.get("x-changed")]).toEqual([302, "yes"]);
  });
});

describe("the request of each function", () => {
  it("can be read by every function once", async () => {
    const request = new Request(ORIGIN, { method: "POST", body: "body" });
    const first = step(
      async ({ request: own, next }) => new Response(`${await own.text()}+${await (await next()).text()}`),
    );
    expect(
      await textOf(run([first, step(async ({ request: own }) => new Response(await own.text()))], request)),
    ).toBe("body+body");
  });

  it("is in redirect mode manual", async () => {
    expect(await textOf(run([step(({ request }) => new Response(request.redirect))]))).toBe("manual");
  });

  it("is not shared: a header set on one copy stays there", async () => {
    const set = step(({ request, next }) => {
      request.headers.set("x-mine", "1");
      return next();
    });
    expect(
      await textOf(run([set, step(({ request }) => new Response(String(request.headers.get("x-mine"))))])),
    ).toBe("null");
  });

  it("may be assigned by a function, for that function alone", async () => {
    const assign = step(async (context) => {
      context.request = new Request(`${ORIGIN}/mine`);
      return new Response(`${context.request.url} ${await (await context.next()).text()}`);
    });
    const see = step(({ request }) => new Response(request.url));
    expect(await textOf(run([assign, see]))).toBe(`${ORIGIN}/mine ${ORIGIN}/path`);
  });

  it("is the same object each time a function asks", async () => {
    const same = step((context) => {
      const first = context.request;
      return new Response(String(first === context.request));
    });
    expect(await textOf(run([same, step(() => new Response())]))).toBe("true");
  });
});

describe("data", () => {
  it("is shared and may be replaced", async () => {
    const put = step((context) => {
      context.data = { a: 1 };
      return context.next();
    });
    expect(await textOf(run([put, step(({ data }) => Response.json(data))]))).toBe('{"a":1}');
  });

  it.each([["a string"], [null], [undefined], [1]])("refuses %o", async (value) => {
    const assign = step((context) => {
      (context as { data: unknown }).data = value;
      return new Response();
    });
    await expect(run([assign])).rejects.toThrow("context.data must be an object");
  });

  it("is empty for the next request", async () => {
    const look = step((context: EventContext) => {
      const before = Object.keys(context.data).length;
      context.data.seen = true;
      return new Response(String(before));
    });
    await run([look]);
    expect(await textOf(run([look]))).toBe("0");
  });
});

describe("failures", () => {
  it.each([
    ["undefined", undefined],
    ["text", "text"],
    ["null", null],
    ["an object", {}],
  ])("refuses %s as an answer", async (_name, value) => {
    const failure = expect(run([step(() => value)])).rejects;
    await failure.toThrow("Your Pages function should return a Response");
    await failure.toHaveProperty(
      "cause.message",
      expect.stringContaining("onRequest of functions/x.ts returned"),
    );
  });

  it("refuses Response.error()", async () => {
    await expect(run([step(() => Response.error())])).rejects.toHaveProperty(
      "cause.message",
      expect.stringContaining("Response.error()"),
    );
  });

  it("reaches the middleware in front as a rejection of next", async () => {
    const outer = step(async ({ next }) => {
      try {
        return await next();
      } catch (error) {
        return new Response(`caught ${(error as Error).message}`);
      }
    });
    const inner = step(() => {
      throw new Error("inner");
    });
    expect(await textOf(run([outer, inner]))).toBe("caught inner");
  });

  it("is answered by the files after passThroughOnException, for the request as last replaced", async () => {
    const outer = step(({ next, passThroughOnException }) => {
      passThroughOnException();
      return next("/replaced");
    });
    const inner = step(() => {
      throw "anything";
    });
    expect(await textOf(run([outer, inner]))).toBe("end GET /replaced");
  });

  it("rejects with what was thrown otherwise", async () => {
    await expect(run([step(() => Promise.reject("as it is"))])).rejects.toBe("as it is");
  });
});

describe("withMutableHeaders", () => {
  it("leaves a response alone whose headers can be changed", () => {
    const response = new Response("x");
    expect(withMutableHeaders(response)).toBe(response);
  });

  it.each([204, 205, 304])("copies an immutable %i without a body", async (status) => {
    const copy = withMutableHeaders(frozen(null, { status }));
    copy.headers.set("x-a", "1");
    expect([copy.status, copy.body]).toEqual([status, null]);
  });

  it("copies any other with body, status and headers", async () => {
    const copy = withMutableHeaders(
      frozen("text", { status: 201, statusText: "Made", headers: { "x-own": "1" } }),
    );
    copy.headers.set("x-a", "1");
    expect([copy.status, copy.statusText, copy.headers.get("x-own")]).toEqual([201, "Made", "1"]);
    expect(await copy.text()).toBe("text");
  });

  /** As answers of fetch are: their headers cannot be changed. */
  function frozen(body: string | null, init: ResponseInit): Response {
    const response = new Response(body, init);
    Object.defineProperty(response.headers, "delete", {
      value() {
        throw new TypeError("immutable");
      },
    });
    return response;
  }
});
