import { describe, expect, it } from "vitest";
import type { GatewayContext } from "../../../src/contract/handler.ts";
import { createScheduledRunner } from "../../../src/gateway/scheduled.ts";

const DUE = { cron: "*/5 * * * *", scheduledTime: 1_700_000_000_000 };

function createContext(): GatewayContext & { work: unknown[] } {
  const work: unknown[] = [];
  return {
    work,
    requestId: "id",
    clientAddress: undefined,
    waitUntil: (promise) => work.push(promise),
    passThroughOnException() {},
  };
}

const runnerOf = (worker: unknown) =>
  createScheduledRunner({
    site: { application: { kind: "worker", invocation: undefined, first: { kind: "always" } } },
    bundle: { modules: {}, worker },
    fetchAsset: async (request) => new Response(new URL(request.url).pathname),
    fetchMissing: async () => new Response(null, { status: 404 }),
    assetsBinding: "FILES",
  });

describe("scheduled handlers", () => {
  it("get the expression, the time, the env with the static files, and waitUntil", async () => {
    const seen: unknown[] = [];
    const context = createContext();
    const worker = {
      fetch: () => new Response(),
      async scheduled(
        controller: { cron: string; scheduledTime: number },
        env: { NAME: string; FILES: { fetch(url: string): Promise<Response> } },
        ctx: { waitUntil(work: Promise<unknown>): void },
      ) {
        seen.push(controller.cron, controller.scheduledTime, env.NAME);
        seen.push(await (await env.FILES.fetch("https://assets/a.txt")).text());
        ctx.waitUntil(Promise.resolve());
      },
    };
    await runnerOf(worker)?.(DUE, { NAME: "value" }, context);
    expect(seen).toEqual([DUE.cron, DUE.scheduledTime, "value", "/a.txt"]);
    expect(context.work).toHaveLength(1);
  });

  it("may be a method of an entrypoint class", async () => {
    const seen: string[] = [];
    class Entrypoint {
      readonly env: { NAME: string };
      constructor(_context: unknown, env: { NAME: string }) {
        this.env = env;
      }
      fetch() {}
      scheduled(controller: { cron: string }) {
        seen.push(`${controller.cron} ${this.env.NAME}`);
      }
    }
    await runnerOf(Entrypoint)?.(DUE, { NAME: "value" }, createContext());
    expect(seen).toEqual([`${DUE.cron} value`]);
  });

  it("reject with what they throw, and are absent where the Worker has none", async () => {
    const failing = runnerOf({
      fetch: () => new Response(),
      scheduled: () => Promise.reject(new Error("no")),
    });
    await expect(failing?.(DUE, {}, createContext())).rejects.toThrow("no");
    expect(runnerOf({ fetch: () => new Response() })).toBeUndefined();
  });
});
