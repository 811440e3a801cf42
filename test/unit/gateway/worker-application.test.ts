import { describe, expect, it } from "vitest";
import type { GatewayContext } from "../../../src/contract/handler.ts";
import { serveWorker } from "../../../src/gateway/worker-application.ts";

const context: GatewayContext = {
  requestId: "id",
  clientAddress: undefined,
  waitUntil() {},
  passThroughOnException() {},
};
const serve = (worker: unknown) => serveWorker(worker, (env) => ({ ...env, BOUND: true }));
const ask = async (worker: unknown) =>
  serve(worker)(new Request("https://site.test/path"), { A: "1" }, context);

describe("a Worker", () => {
  it("is an object with fetch, which gets request, env and context", async () => {
    const worker = {
      fetch: (request: Request, env: object, { waitUntil }: GatewayContext) =>
        Response.json([request.url, env, typeof waitUntil]),
    };
    expect(await (await ask(worker)).json()).toEqual([
      "https://site.test/path",
      { A: "1", BOUND: true },
      "function",
    ]);
  });

  it("or a class with fetch, made anew with context and env for each request", async () => {
    class Entrypoint {
      readonly ctx: GatewayContext;
      readonly env: Record<string, unknown>;
      constructor(ctx: GatewayContext, env: Record<string, unknown>) {
        this.ctx = ctx;
        this.env = env;
      }
      fetch(request: Request) {
        return Response.json([request.method, this.env.A, typeof this.ctx.waitUntil]);
      }
    }
    expect(await (await ask(Entrypoint)).json()).toEqual(["GET", "1", "function"]);
  });

  it.each([["text"], [undefined], [null], [{}]])("that answers %o fails", async (answer) => {
    await expect(ask({ fetch: () => answer })).rejects.toThrow("did not return a Response");
  });

  it("that answers Response.error() fails", async () => {
    await expect(ask({ fetch: () => Response.error() })).rejects.toThrow("Response.error()");
  });

  it("without fetch but with another handler is served, and fails where a request reaches it", async () => {
    const handler = serve({ scheduled() {} });
    expect(() => handler(new Request("https://site.test/"), {}, context)).toThrow("has no fetch");
  });

  it.each([[{}], [undefined], [() => new Response()], ["text"], [{ fetch: "text" }]])(
    "%o is none: its owner is told",
    (worker) => {
      expect(() => serve(worker)).toThrow(
        expect.objectContaining({
          code: "application-boot",
          remedy: expect.stringContaining("fetch(request"),
        }),
      );
    },
  );
});
