import { afterEach, describe, expect, it, vi } from "vitest";
import type { GatewayContext } from "../../../src/contract/handler.ts";
import type { UpstreamSettings } from "../../../src/contract/routing.ts";
import { TransportError, UpstreamUnreachableError } from "../../../src/contract/transport.ts";
import { createUpstream } from "../../../src/proxy/create-upstream.ts";
import {
  answerOf,
  type Behaviour,
  createFakeTransport,
  createManualClock,
  SILENT,
  serverSettings,
  upstreamSettings,
} from "./upstream-settings.ts";

const CONTEXT: GatewayContext = {
  waitUntil() {},
  passThroughOnException() {},
  requestId: "id-1",
  clientAddress: "203.0.113.9",
};

const refuse: Behaviour = () => {
  throw new TransportError("unreachable", "refused");
};
const breakOff: Behaviour = (_request, observer) => {
  observer.connected();
  throw new TransportError("unanswered", "reset");
};
const hang: Behaviour = (_request, observer) => {
  observer.connected();
  observer.sent();
  return new Promise((_resolve, reject) => {
    observer.signal.addEventListener("abort", () => reject(observer.signal.reason));
  });
};
const answer: Behaviour = () => answerOf("hello");

function start(
  behaviours: Record<string, Behaviour>,
  changes: Partial<UpstreamSettings> = {},
  trustedProxies: string[] = [],
) {
  const transport = createFakeTransport(behaviours);
  const clock = createManualClock();
  const settings = upstreamSettings(
    Object.keys(behaviours).map((name) => serverSettings(name)),
    changes,
  );
  const upstream = createUpstream("app", settings, { transport, clock, log: SILENT, trustedProxies });
  const ask = (init: RequestInit & { url?: string } = {}) =>
    upstream.handler(new Request(init.url ?? "http://site.test/a?b=1", init), {}, CONTEXT);
  return { upstream, transport, clock, ask };
}

afterEach(() => vi.useRealTimers());

describe("answers", () => {
  it("passes status, fields and body on, without what concerns the connection only", async () => {
    const { ask } = start({
      one: () =>
        answerOf("made", {
          status: 201,
          fields: [
            "x-a",
            "1",
            "connection",
            "x-b",
            "x-b",
            "2",
            "keep-alive",
            "timeout=5",
            "set-cookie",
            "a=1",
            "set-cookie",
            "b=2",
          ],
        }),
    });
    const response = await ask();
    expect(response.status).toBe(201);
    expect([...response.headers.keys()].sort()).toEqual([
      "content-length",
      "set-cookie",
      "set-cookie",
      "x-a",
    ]);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("made");
  });

  it("keeps the length of a HEAD answer and sends no body", async () => {
    const { ask } = start({ one: () => answerOf("", { contentLength: 1_234 }) });
    const response = await ask({ method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("1234");
    expect(response.body).toBeNull();
  });

  it.each([99, 150, 600, 999])("answers 502 for the status %i, which no client may see", async (status) => {
    const { ask } = start({ one: () => answerOf("x", { status }) });
    expect((await ask()).status).toBe(502);
  });

  it("answers 502 for a field that is none", async () => {
    const { ask } = start({ one: () => answerOf("x", { fields: ["x-a", "1\r\nx-b: 2"] }) });
    expect((await ask()).status).toBe(502);
  });

  it("streams a body piece by piece and cancels the source with the client", async () => {
    const cancel = vi.fn();
    const pieces = ["one", "two"].map((text) => new TextEncoder().encode(text));
    const read = async () => pieces.shift() ?? new Promise<undefined>(() => {});
    const { ask, upstream } = start({
      one: () => answerOf("", { body: { read, cancel }, contentLength: undefined }),
    });
    const reader = ((await ask()).body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("one");
    expect(upstream.status()[0]?.active).toBe(1);
    await reader.cancel();
    expect(cancel).toHaveBeenCalledOnce();
    expect(upstream.status()[0]?.active).toBe(0);
  });
});

describe("what servers are told", () => {
  it("removes fields of the connection, those named in Connection too", async () => {
    const { ask, transport } = start({ one: answer });
    await ask({ headers: { connection: "x-secret, close", "x-secret": "1", te: "trailers", "x-kept": "2" } });
    const names = transport.requests[0]?.fields.filter((_, index) => index % 2 === 0);
    expect(names).toEqual([
      "host",
      "x-kept",
      "via",
      "x-forwarded-for",
      "x-forwarded-proto",
      "x-forwarded-host",
    ]);
  });

  it("does not let Connection remove what this proxy adds", async () => {
    const { ask, transport } = start({ one: answer });
    await ask({ headers: { connection: "x-forwarded-for, via, host" } });
    expect(transport.requests[0]?.fields).toContain("203.0.113.9");
  });

  it.each([
    "x-forwarded-for",
    "x_forwarded_for",
    "x.real.ip",
    "x-forwarded-host",
    "forwarded",
    "true-client-ip",
    "cf-connecting-ip",
  ])("believes no %s of a stranger", async (name) => {
    const { ask, transport } = start({ one: answer });
    await ask({ headers: { [name]: "6.6.6.6" } });
    expect(transport.requests[0]?.fields).not.toContain("6.6.6.6");
  });

  it("adds itself to the chain of a trusted proxy", async () => {
    const { ask, transport } = start({ one: answer }, {}, ["203.0.113.0/24"]);
    await ask({ headers: { "x-forwarded-for": "1.1.1.1, 198.51.100.7", "x-forwarded-proto": "https" } });
    const { fields = [], client } = transport.requests[0] ?? {};
    expect(fields[fields.indexOf("x-forwarded-for") + 1]).toBe("198.51.100.7, 203.0.113.9");
    expect(client).toEqual({ address: "198.51.100.7", scheme: "https", host: "site.test" });
  });
});

describe("failures", () => {
  it("throws if no server could be reached, so that the caller knows that nothing was executed", async () => {
    const { ask, transport } = start({ one: refuse, two: refuse });
    await expect(ask()).rejects.toBeInstanceOf(UpstreamUnreachableError);
    expect(transport.asked).toEqual(["one", "two"]);
  });

  it("sends any method on to another server when the first was unreachable, its body included", async () => {
    const echo: Behaviour = async (request) => answerOf(await new Response(request.body).text());
    const { ask } = start({ one: refuse, two: echo });
    const response = await ask({ method: "POST", body: "text" });
    expect(await response.text()).toBe("text");
  });

  it("repeats an idempotent request that got no answer", async () => {
    const { ask, transport } = start({ one: breakOff, two: answer });
    expect((await ask({ method: "DELETE" })).status).toBe(200);
    expect(transport.asked).toEqual(["one", "two"]);
  });

  it("answers 502 and repeats nothing when a POST got no answer", async () => {
    const { ask, transport } = start({ one: breakOff, two: answer });
    expect((await ask({ method: "POST" })).status).toBe(502);
    expect(transport.asked).toEqual(["one"]);
  });

  describe("in the middle of a body", () => {
    const readAndBreak: Behaviour = async (request, observer) => {
      observer.connected();
      const reader = request.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      throw new TransportError("unanswered", "reset");
    };
    const echo: Behaviour = async (request) => answerOf(await new Response(request.body).text());

    it("are made good by sending a small one again, if that is safe", async () => {
      const { ask, transport } = start({ one: readAndBreak, two: echo });
      const response = await ask({ method: "PUT", body: "text" });
      expect([response.status, await response.text()]).toEqual([200, "text"]);
      expect(transport.asked).toEqual(["one", "two"]);
    });

    it("are answered if it is long", async () => {
      const { ask, transport } = start({ one: readAndBreak, two: echo });
      expect((await ask({ method: "PUT", body: "x".repeat(70_000) })).status).toBe(502);
      expect(transport.asked).toEqual(["one"]);
    });

    it("are answered if sending it twice is not the same as once", async () => {
      const { ask, transport } = start({ one: readAndBreak, two: echo });
      expect((await ask({ method: "POST", body: "text" })).status).toBe(502);
      expect(transport.asked).toEqual(["one"]);
    });

    it("do not stop a body that is longer than what is held", async () => {
      const { ask } = start({ one: echo });
      const body = "0123456789".repeat(30_000);
      expect(await (await ask({ method: "PUT", body })).text()).toBe(body);
    });
  });

  it("leaves a failed server out until its time is over", async () => {
    const { ask, transport, clock } = start({ one: refuse, two: answer });
    for (let turn = 0; turn < 3; turn += 1) await ask();
    expect(transport.asked).toEqual(["one", "two", "two", "two"]);
    clock.advance(10_000);
    await ask();
    await ask();
    expect(transport.asked.slice(4)).toContain("one");
  });

  it("asks a failed server again rather than nobody", async () => {
    let isUp = false;
    const { ask } = start({ one: (...args) => (isUp ? answer(...args) : refuse(...args)) });
    await expect(ask()).rejects.toThrow("Cannot reach upstream");
    isUp = true;
    expect((await ask()).status).toBe(200);
  });

  it("answers 504 when the beginning of the answer does not come, and tries another server first", async () => {
    vi.useFakeTimers();
    const { ask, transport } = start({ one: hang, two: hang });
    const response = ask();
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await response).status).toBe(504);
    expect(transport.asked).toEqual(["one", "two"]);
  });

  it("ends at the limit for the whole, whatever is left to try", async () => {
    vi.useFakeTimers();
    const timeouts = { connectMs: 0, firstByteMs: 0, idleMs: 0, totalMs: 500 };
    const { ask } = start({ one: hang }, { timeouts });
    const response = ask();
    await vi.advanceTimersByTimeAsync(500);
    expect((await response).status).toBe(504);
  });

  it("breaks a body off that falls silent", async () => {
    vi.useFakeTimers();
    const silent: Behaviour = (_request, { signal }) => {
      const read = () =>
        new Promise<undefined>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return answerOf("", { body: { read, cancel() {} }, contentLength: undefined });
    };
    const { ask } = start({ one: silent });
    const failed = expect((await ask()).text()).rejects.toThrow("idle limit of 1000 ms");
    await vi.advanceTimersByTimeAsync(1_000);
    await failed;
  });

  it("stops repeating when the budget is spent", async () => {
    const { ask } = start(
      { one: breakOff, two: answer },
      {
        retries: { attempts: 2, budgetRatio: 0, budgetMinimum: 1 },
        passiveHealth: { maxFails: 0, failTimeoutMs: 1_000, slowStartMs: 0, failureStatuses: [] },
      },
    );
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await ask()).status);
    expect(statuses).toEqual([200, 200, 502, 200]);
  });

  it("throws with 503 when circuit breakers leave nobody to ask", async () => {
    const { ask, clock } = start(
      { one: breakOff },
      { circuitBreaker: { failureRatio: 0.5, minimumRequests: 2, windowMs: 1_000, openMs: 5_000 } },
    );
    expect((await ask()).status).toBe(502);
    expect((await ask()).status).toBe(502);
    await expect(ask()).rejects.toMatchObject({ status: 503 });
    clock.advance(5_000);
    expect((await ask()).status).toBe(502);
  });

  it("does not blame a server for a client that went away", async () => {
    const controller = new AbortController();
    const { ask, upstream } = start({ one: hang });
    const response = ask({ signal: controller.signal });
    controller.abort();
    await response;
    expect(upstream.status()[0]).toMatchObject({ isHealthy: true, active: 0 });
  });
});

describe("sticky clients", () => {
  const sticky = {
    balancing: { policy: { kind: "round-robin" as const }, sticky: { cookie: "srv", secure: false } },
  };
  const named =
    (name: string): Behaviour =>
    () =>
      answerOf(name);

  it("bind to the server that answered first", async () => {
    const { ask } = start({ one: named("one"), two: named("two") }, sticky);
    const first = await ask();
    const cookie = (first.headers.get("set-cookie") ?? "").split(";")[0] as string;
    const name = await first.text();
    for (let turn = 0; turn < 4; turn += 1) {
      const next = await ask({ headers: { cookie } });
      expect(await next.text()).toBe(name);
      expect(next.headers.has("set-cookie")).toBe(false);
    }
  });

  it("move on, with a new cookie, when their server is gone, and stay while it drains", async () => {
    let isUp = true;
    const one: Behaviour = () => (isUp ? answerOf("one") : refuse({} as never, {} as never));
    const { ask, upstream } = start({ one, two: named("two") }, sticky);
    const cookie = ((await ask()).headers.get("set-cookie") ?? "").split(";")[0] as string;
    expect(upstream.setDraining("http://one:80", true)).toBe(true);
    expect(await (await ask({ headers: { cookie } })).text()).toBe("one");
    expect(await (await ask()).text()).toBe("two");
    isUp = false;
    const moved = await ask({ headers: { cookie } });
    expect(await moved.text()).toBe("two");
    expect(moved.headers.has("set-cookie")).toBe(true);
  });

  it("cannot choose a server by a made-up cookie", async () => {
    const { ask } = start({ one: named("one") }, sticky);
    expect((await ask({ headers: { cookie: "srv=http://evil:80" } })).headers.has("set-cookie")).toBe(true);
  });
});
