import { beforeEach, describe, expect, it, vi } from "vitest";
import type { GatewayContext, Handler, RequestTrail } from "../../../src/contract/handler.ts";
import type { CutoverSettings } from "../../../src/contract/migration.ts";
import { serveCutover } from "../../../src/migration/serve-cutover.ts";

const SETTINGS: CutoverSettings = {
  to: { kind: "function" },
  percent: 100,
  sticky: "cookie",
  fallbackMethods: ["GET", "HEAD", "OPTIONS"],
  maxBodyBytes: 1_000,
};
const context = {
  waitUntil() {},
  passThroughOnException() {},
  requestId: "id-1",
  clientAddress: "192.0.2.1",
};

let answers: string[];
let warnings: object[];

beforeEach(() => {
  [answers, warnings] = [[], []];
});

function move(first: Handler, other: Handler, settings: Partial<CutoverSettings> = {}) {
  const handler = serveCutover(
    first,
    other,
    { ...SETTINGS, ...settings },
    {
      route: "/*",
      ledger: { compared() {}, answered: (_route, by) => void answers.push(by) },
      log: { access() {}, error() {}, warn: (_message, fields) => void warnings.push(fields ?? {}) },
    },
  );
  return (init: RequestInit = {}, path = "/", facts: Partial<GatewayContext> = {}) =>
    Promise.resolve(handler(new Request(`http://site.test${path}`, init), {}, { ...context, ...facts }));
}

const say =
  (text: string, status = 200): Handler =>
  () =>
    new Response(text, { status });

describe("a cutover", () => {
  it("asks exactly nobody at 0 and everybody at 100, and sets no cookie then", async () => {
    for (const [percent, expected] of [
      [0, "old"],
      [100, "new"],
    ] as const) {
      for (let count = 0; count < 100; count += 1) {
        const response = await move(say("old"), say("new"), { percent })();
        expect([await response.text(), response.headers.get("set-cookie")]).toEqual([expected, null]);
      }
    }
    expect(answers).toEqual([...Array(100).fill("first"), ...Array(100).fill("other")]);
  });

  it("keeps a client where its cookie has put it", async () => {
    const ask = move(say("old"), say("new"), { percent: 50 });
    for (let client = 0; client < 20; client += 1) {
      const first = await ask();
      const cookie = first.headers.getSetCookie()[0]?.split(";")[0] as string;
      const again = await ask({ headers: { cookie } });
      expect([await again.text(), again.headers.get("set-cookie")]).toEqual([await first.text(), null]);
    }
  });

  it("adds its cookie to those of the answer", async () => {
    const own: Handler = () => new Response("x", { headers: [["set-cookie", "a=1"]] });
    const cookies = (await move(own, own, { percent: 50 })()).headers.getSetCookie();
    expect(cookies).toEqual(["a=1", expect.stringMatching(/^causeway-cutover=/)]);
  });

  it.each(["public, max-age=60", "max-age=60", "s-maxage=1"])(
    "sets no cookie that caches would share: %s",
    async (control) => {
      const shared: Handler = () => new Response("x", { headers: { "cache-control": control } });
      expect((await move(shared, shared, { percent: 50 })()).headers.has("set-cookie")).toBe(false);
      const own: Handler = () =>
        new Response("x", { headers: { "cache-control": `private, ${control.replace("public, ", "")}` } });
      expect((await move(own, own, { percent: 50 })()).headers.has("set-cookie")).toBe(true);
    },
  );

  it("finds a client by the address that the door has found out", async () => {
    const ask = move(say("old"), say("new"), { percent: 50, sticky: "client-address" });
    const placed = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      placed.add(await (await ask({ headers: { "cf-connecting-ip": `192.0.2.${index}` } })).text());
    }
    expect([...placed].sort()).toEqual(["new", "old"]);
  });
});

describe("a fallback", () => {
  it.each([500, 501, 503, 599])("lets the one before answer instead of %i", async (status) => {
    const response = await move(say("old"), say("broken", status))();
    expect([response.status, await response.text(), answers]).toEqual([200, "old", ["fallback"]]);
    expect(warnings).toEqual([{ route: "/*", status, requestId: "id-1" }]);
  });

  it.each([200, 304, 404, 499])("leaves %i as it is", async (status) => {
    const response = await move(say("old"), () => new Response(null, { status }))();
    expect([response.status, answers]).toEqual([status, ["other"]]);
  });

  it("never asks twice for a method that changes something, unless it is told to", async () => {
    const old = vi.fn(say("old"));
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect((await move(old, say("broken", 500))({ method, body: "x" })).status).toBe(500);
    }
    expect(old).not.toHaveBeenCalled();
    const echo: Handler = async (request) => new Response(`old ${await request.text()}`);
    const response = await move(echo, say("broken", 500), { fallbackMethods: ["PUT"] })({
      method: "PUT",
      body: "ä",
    });
    expect(await response.text()).toBe("old ä");
  });

  it("sends the body again from its beginning, however far the other one has read", async () => {
    const echo: Handler = async (request) => new Response(await request.text());
    const readers: Handler[] = [
      say("", 500),
      async (request) => {
        await request.text();
        return new Response("", { status: 500 });
      },
      async (request) => {
        await (request.body as ReadableStream).getReader().read();
        return new Response("", { status: 500 });
      },
    ];
    for (const other of readers) {
      const response = await move(echo, other, { fallbackMethods: ["POST"] })({
        method: "POST",
        body: "0123456789",
      });
      expect(await response.text()).toBe("0123456789");
    }
  });

  it("passes the failure on where the body was too long to be kept", async () => {
    const other: Handler = async (request) => new Response(await request.text(), { status: 500 });
    const body = "x".repeat(1_001);
    const response = await move(say("old"), other, { fallbackMethods: ["POST"] })({ method: "POST", body });
    expect([response.status, await response.text(), answers]).toEqual([500, body, ["other"]]);
  });

  it("leaves nothing of the other one's way in the log", async () => {
    const trail: RequestTrail = { route: "/*", upstream: undefined };
    const other: Handler = (_request, _env, { trail }) => {
      Object.assign(trail ?? {}, { route: "/users/:id", upstream: "http://10.0.0.1" });
      return new Response(null, { status: 500 });
    };
    await move(say("old"), other)({}, "/", { trail });
    expect(trail).toEqual({ route: "/*", upstream: undefined });
    await move(say("old"), other, { fallbackMethods: [] })({}, "/", { trail });
    expect(trail).toEqual({ route: "/users/:id", upstream: "http://10.0.0.1" });
  });

  it("can be switched off", async () => {
    expect((await move(say("old"), say("broken", 500), { fallbackMethods: [] })()).status).toBe(500);
  });

  it("is not made for handshakes", async () => {
    const response = await move(say("old"), say("broken", 500))({ headers: { upgrade: "websocket" } });
    expect(response.status).toBe(500);
  });
});
