import { beforeEach, describe, expect, it, vi } from "vitest";
import type { GatewayContext, Handler } from "../../../src/contract/handler.ts";
import type { Comparison, ShadowSettings } from "../../../src/contract/migration.ts";
import { serveShadowed } from "../../../src/migration/serve-shadowed.ts";

const SETTINGS: ShadowSettings = {
  to: { kind: "function" },
  methods: ["GET", "HEAD", "POST"],
  percent: 100,
  ignore: { headers: [], json: [], text: [], whitespace: false },
  maxBodyBytes: 1_000,
  timeoutMs: 1_000,
};

let comparisons: Comparison[];
let work: Promise<unknown>[];

const ledger = {
  compared: (_route: string, comparison: Comparison) => void comparisons.push(comparison),
  answered() {},
};
const context: GatewayContext = {
  waitUntil: (promise) => void work.push(promise),
  passThroughOnException() {},
  requestId: "id-1",
  clientAddress: "192.0.2.1",
};

beforeEach(() => {
  [comparisons, work] = [[], []];
});

function shadow(first: Handler, second: Handler, settings: Partial<ShadowSettings> = {}, random = () => 0) {
  const handler = serveShadowed(first, second, { ...SETTINGS, ...settings }, { route: "/*", ledger, random });
  return (path = "/", init: RequestInit = {}) =>
    Promise.resolve(handler(new Request(`http://site.test${path}`, init), {}, context));
}

const settled = () => Promise.all(work);
const say =
  (text: string): Handler =>
  () =>
    new Response(text);

describe("the client", () => {
  it("has its answer, as it is, before the second one is asked", async () => {
    const second = vi.fn(say("two"));
    const response = await shadow(
      () =>
        new Response("one", {
          status: 203,
          statusText: "Fine",
          headers: [
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
          ],
        }),
      second,
    )();
    expect(second).not.toHaveBeenCalled();
    expect([response.status, response.statusText, response.headers.getSetCookie()]).toEqual([
      203,
      "Fine",
      ["a=1", "b=2"],
    ]);
    expect(await response.text()).toBe("one");
    await settled();
    expect(second).toHaveBeenCalledOnce();
    expect(comparisons).toMatchObject([{ kind: "different" }]);
  });

  it("has it although the second one fails, never answers, or never ends", async () => {
    const late: Handler = (request) =>
      new Promise((_, reject) => request.signal.addEventListener("abort", reject));
    const cancel = vi.fn();
    const endless: Handler = () =>
      new Response(new ReadableStream({ pull: () => new Promise(() => {}), cancel }));
    const broken: Handler = () => Promise.reject(new Error("secret"));
    for (const second of [late, endless, broken]) {
      const response = await shadow(say("one"), second, { timeoutMs: 20 })();
      expect(await response.text()).toBe("one");
    }
    await settled();
    const actual = comparisons.map(
      (found) => found.kind === "different" && found.example.differences[0]?.actual,
    );
    expect(actual).toEqual(["none: it failed", "none within 20 ms", "none within 20 ms"]);
    expect(cancel).toHaveBeenCalledOnce();
  });

  it("reads the first piece of a stream before the second exists", async () => {
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pieces.writable.getWriter();
    const second: Handler = () => new Response(new TextEncoder().encode("ab"));
    const response = await shadow(() => new Response(pieces.readable), second)();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    void writer.write(Uint8Array.of(97));
    expect((await reader.read()).value).toEqual(Uint8Array.of(97));
    void writer.write(Uint8Array.of(98));
    void writer.close();
    await reader.read();
    expect((await reader.read()).done).toBe(true);
    await settled();
    expect(comparisons).toEqual([{ kind: "equal" }]);
  });
});

describe("the second one", () => {
  it("gets the same request, marked, without conditions that would spare it the answer", async () => {
    const seen: Request[] = [];
    const ask = shadow(say("x"), (request) => {
      seen.push(request);
      return new Response("x");
    });
    const headers = {
      cookie: "s=1",
      "if-none-match": '"a"',
      "if-modified-since": "x",
      "accept-encoding": "gzip",
    };
    await (await ask("/a?b=c", { headers })).text();
    await settled();
    expect([seen[0]?.url, Object.fromEntries(seen[0]?.headers ?? [])]).toEqual([
      "http://site.test/a?b=c",
      { cookie: "s=1", "accept-encoding": "identity", "causeway-shadow": "1" },
    ]);
  });

  it("gets the body of a request whose method may be executed twice", async () => {
    const bodies: string[] = [];
    const note: Handler = async (request) => {
      bodies.push(`${request.headers.get("causeway-shadow")} ${await request.text()}`);
      return new Response("x");
    };
    await (await shadow(note, note)("/", { method: "POST", body: "ä=1" })).text();
    await settled();
    expect(bodies).toEqual(["null ä=1", "1 ä=1"]);
    expect(comparisons).toEqual([{ kind: "equal" }]);
  });

  it("is not asked with a body that was too long or not read to its end", async () => {
    const second = vi.fn(say("x"));
    const read: Handler = async (request) => new Response(`${(await request.text()).length > 0 ? "x" : ""}`);
    await (await shadow(read, second)("/", { method: "POST", body: "y".repeat(1_001) })).text();
    await (await shadow(say("x"), second)("/", { method: "POST", body: "y" })).text();
    await settled();
    expect(second).not.toHaveBeenCalled();
    expect(comparisons).toEqual(Array(2).fill({ kind: "skipped", reason: "too-large" }));
  });

  it("is not asked for other methods, handshakes, and requests that are not drawn", async () => {
    const second = vi.fn(say("x"));
    await (await shadow(say("x"), second)("/", { method: "DELETE" })).text();
    await (await shadow(say("x"), second)("/", { headers: { upgrade: "websocket" } })).text();
    await (await shadow(say("x"), second, { percent: 10 }, () => 0.1)()).text();
    expect([work, comparisons]).toEqual([[], []]);
    await (await shadow(say("x"), second, { percent: 10 }, () => 0.09)()).text();
    await settled();
    expect(comparisons).toEqual([{ kind: "equal" }]);
  });
});

it("compares the heads of answers to HEAD, whether or not they have a body that is dropped", async () => {
  const response = await shadow(say("one"), say("two"))("/", { method: "HEAD" });
  await response.body?.cancel();
  await settled();
  expect(comparisons).toEqual([{ kind: "equal" }]);
});

describe("what is not compared", () => {
  it.each<[string, Handler]>([
    ["first-failed", () => new Response("down", { status: 502 })],
    ["not-modified", () => new Response(null, { status: 304 })],
    ["stream", () => new Response("data: 1\n\n", { headers: { "content-type": "text/event-stream" } })],
  ])("%s", async (reason, first) => {
    const second = vi.fn(say("x"));
    await (await shadow(first, second)()).text();
    await settled();
    expect(comparisons).toEqual([{ kind: "skipped", reason }]);
    expect(second).not.toHaveBeenCalled();
  });

  it("an answer that the client did not want to its end", async () => {
    const response = await shadow(say("one"), say("two"))();
    await response.body?.cancel();
    await settled();
    expect(comparisons).toEqual([{ kind: "skipped", reason: "client-gone" }]);
  });

  it("a body that is too long, though the head is", async () => {
    const long = say("y".repeat(2_000));
    await (await shadow(long, long)()).text();
    await (await shadow(long, () => new Response("y".repeat(2_000), { status: 201 }))()).text();
    await (await shadow(say("short"), long)()).text();
    await settled();
    expect(comparisons.map(({ kind }) => kind).sort()).toEqual(["different", "different", "skipped"]);
  });

  it("what comes while enough is under way, until some of that has ended", async () => {
    const ask = shadow(say("x"), say("x"));
    const open = await Promise.all(Array.from({ length: 40 }, () => ask()));
    expect(comparisons).toEqual(Array(8).fill({ kind: "skipped", reason: "busy" }));
    await Promise.all(open.map((response) => response.text()));
    await settled();
    await (await ask()).text();
    await settled();
    expect(comparisons.filter(({ kind }) => kind === "equal").length).toBe(33);
  });
});

it("keeps nothing of a request that gives access", async () => {
  const headers = { authorization: "Bearer SECRET", cookie: "session=SECRET" };
  const ask = shadow(
    () => new Response("one", { headers: { "set-cookie": "session=SECRET" } }),
    () => new Response("two"),
  );
  await (await ask("/reset?token=SECRET&page=2", { headers })).text();
  await settled();
  expect(comparisons).toMatchObject([
    { kind: "different", example: { request: "GET /reset?token=(not shown)&page=2", requestId: "id-1" } },
  ]);
  expect(JSON.stringify(comparisons)).not.toContain("SECRET");
});
