import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  installServerRequest,
  type RequestSource,
  ServerRequest,
} from "../../../src/runtimes/server-request.ts";

const BYTES = new TextEncoder().encode('{"a":"ü"}');
const { Request: GlobalRequest, fetch: globalFetch } = globalThis;

interface Asked {
  request: Request;
  /** What the source was asked for, in order. */
  log: string[];
  abort: AbortController;
}

function make(
  method = "POST",
  given: Record<string, string> = { "content-type": "application/json" },
): Asked {
  const log: string[] = [];
  const abort = new AbortController();
  const source: RequestSource = {
    method,
    url: "http://site.test/a?b=c",
    hasBody: method === "POST",
    makeHeaders() {
      log.push("headers");
      return new Headers(given);
    },
    signal() {
      log.push("signal");
      return abort.signal;
    },
    departure() {
      log.push("departure");
      return abort.signal;
    },
    openBody() {
      log.push("stream");
      return new Blob([BYTES]).stream();
    },
    async readBody() {
      log.push("bytes");
      return BYTES.slice();
    },
  };
  return { request: new ServerRequest(source) as unknown as Request, log, abort };
}

beforeAll(() => installServerRequest());
afterAll(() => {
  GlobalRequest.prototype.constructor = GlobalRequest;
  Object.assign(globalThis, { Request: GlobalRequest, fetch: globalFetch });
});

describe("ServerRequest", () => {
  it("asks its source for nothing that nobody wants", () => {
    const { request, log } = make();
    const { method, url, redirect, bodyUsed } = request;
    expect({ method, url, redirect, bodyUsed }).toEqual({
      method: "POST",
      url: "http://site.test/a?b=c",
      redirect: "manual",
      bodyUsed: false,
    });
    expect(log).toEqual([]);
  });

  it("is a Request, and keeps the headers that it made", () => {
    const { request, log } = make();
    expect(request).toBeInstanceOf(Request);
    expect(request.constructor).toBe(Request);
    expect(Object.prototype.toString.call(request)).toBe("[object Request]");
    expect(request.headers).toBe(request.headers);
    expect(log).toEqual(["headers"]);
  });

  it.each<[string, (request: Request) => Promise<unknown>, unknown]>([
    ["text", (request) => request.text(), '{"a":"ü"}'],
    ["json", (request) => request.json(), { a: "ü" }],
    ["bytes", (request) => request.bytes(), BYTES],
    ["arrayBuffer", async (request) => new Uint8Array(await request.arrayBuffer()), BYTES],
    ["blob", async (request) => (await request.blob()).type, "application/json"],
  ])("reads its body as %s without a stream, once", async (_, read, expected) => {
    const { request, log } = make();
    expect(await read(request)).toEqual(expected);
    expect(request.bodyUsed).toBe(true);
    expect(log).not.toContain("stream");
    await expect(read(request)).rejects.toThrow(TypeError);
    expect(() => request.clone()).toThrow(TypeError);
    expect(() => new Request(request)).toThrow(TypeError);
  });

  it("reads by the stream once somebody has seen it", async () => {
    const { request, log } = make();
    expect(request.body).toBeInstanceOf(ReadableStream);
    expect(await request.text()).toBe('{"a":"ü"}');
    expect(log).toContain("stream");
    expect(log).not.toContain("bytes");
    expect(request.bodyUsed).toBe(true);
  });

  it("reads form data", async () => {
    const { request } = make("POST", { "content-type": "application/x-www-form-urlencoded" });
    expect([...(await request.formData()).keys()]).toEqual(['{"a":"ü"}']);
  });

  it("has no body where its source has none, and may be read as often as one likes", async () => {
    const { request } = make("GET");
    expect(request.body).toBeNull();
    expect([await request.text(), await request.text(), request.bodyUsed]).toEqual(["", "", false]);
    await expect(request.json()).rejects.toThrow(SyntaxError);
  });

  it("gives copies of their own", async () => {
    const { request } = make();
    const copies = [
      request.clone(),
      request.clone().clone(),
      new Request(request.clone(), { headers: { x: "1" } }),
    ];
    for (const copy of copies) {
      expect([copy.method, copy.redirect, await copy.text()]).toEqual(["POST", "manual", '{"a":"ü"}']);
    }
    expect(copies[2]?.headers.get("x")).toBe("1");
    expect(request.bodyUsed).toBe(false);
  });

  it("without a body is copied without the platform's class, fields apart", () => {
    const { request, log } = make("GET");
    const copies = [request.clone(), new Request(request), new Request(request, { redirect: "manual" })];
    for (const copy of copies) copy.headers.set("x-own", "1");
    expect(request.headers.get("x-own")).toBeNull();
    expect(log).not.toContain("signal");
    expect(new Request(request, { redirect: "follow" }).redirect).toBe("follow");
    expect(new Request(request, { method: "DELETE" }).method).toBe("DELETE");
  });

  it("hands its fields over as they are, changed or not", () => {
    const { request } = make("GET");
    request.headers.set("x-own", "1");
    expect(new Request(request).headers.get("x-own")).toBe("1");
    expect(new Request("http://other.test/", request).headers.get("x-own")).toBe("1");
  });

  it("uses up its body when it is passed on", () => {
    const { request } = make();
    expect(new Request(request).bodyUsed).toBe(false);
    expect(request.bodyUsed).toBe(true);
  });

  it("passes its signal on", () => {
    const { request, abort } = make("GET");
    const copy = new Request(request, { headers: {} });
    abort.abort();
    expect([request.signal.aborted, copy.signal.aborted]).toEqual([true, true]);
  });

  it.each(["TRACE", "CONNECT", "TRACK"])("may have the method %s, with which none can be made", (method) => {
    const { request } = make(method);
    expect([request.method, request.clone().method, request.mode]).toEqual([method, method, "cors"]);
  });

  it("can be the base of a class of one's own", () => {
    class OwnRequest extends Request {}
    expect(new OwnRequest(make("GET").request)).toBeInstanceOf(OwnRequest);
  });
});
