import { describe, expect, it } from "vitest";
import {
  getPlainBody,
  getPlainFields,
  NativeResponse,
  NodeResponse,
} from "../../../../src/runtimes/server/node-response.ts";

const ours = (body?: BodyInit | null, init?: ResponseInit) =>
  new NodeResponse(body, init) as unknown as Response;

/** What a program can see of a response. */
async function visible(response: Response): Promise<unknown> {
  const { status, ok, statusText, type, redirected, bodyUsed } = response;
  const headers = [...response.headers];
  return {
    status,
    ok,
    statusText,
    type,
    redirected,
    bodyUsed,
    headers,
    text: await response.text(),
    used: response.bodyUsed,
  };
}

describe("NodeResponse looks like the platform's Response", () => {
  const cases: [name: string, body: () => BodyInit | null | undefined, init?: ResponseInit][] = [
    ["text", () => "text"],
    ["empty text", () => ""],
    ["no body", () => null],
    ["an absent body", () => undefined],
    ["bytes", () => Uint8Array.of(65, 66)],
    ["a blob with a type", () => new Blob(["x"], { type: "image/png" })],
    ["form fields", () => new URLSearchParams({ a: "1" })],
    ["a status and a text", () => "x", { status: 404, statusText: "Nope" }],
    ["headers as an object", () => "x", { headers: { "Content-Type": "text/html", "X-A": "1" } }],
    ["headers in two spellings", () => "x", { headers: { "X-A": "1", "x-a": "2" } }],
    [
      "headers as pairs",
      () => "x",
      {
        headers: [
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
        ],
      },
    ],
    ["headers as Headers", () => "x", { headers: new Headers({ "x-a": "1" }) }],
    ["a value with spaces around it", () => "x", { headers: { "x-a": "  1 " } }],
    ["a null-body status", () => null, { status: 204 }],
  ];
  it.each(cases)("%s", async (_name, body, init) => {
    expect(await visible(ours(body(), init))).toEqual(await visible(new NativeResponse(body(), init)));
  });

  it.each([
    ["a status out of range", () => ours("x", { status: 99 })],
    ["a header name that is none", () => ours("x", { headers: { "a b": "1" } })],
    ["a header value with a line feed", () => ours("x", { headers: { a: "1\n2" } })],
    ["a body with 204", () => ours("x", { status: 204 })],
    ["101 without a WebSocket", () => ours(null, { status: 101 })],
    ["a line feed in the status text", () => ours("x", { statusText: "a\nb" })],
  ])("refuses %s", (_name, make) => {
    expect(make).toThrow();
  });

  it("shares instanceof with the platform's class", () => {
    expect([
      ours("x") instanceof NativeResponse,
      new NativeResponse("x") instanceof NodeResponse,
      {} instanceof NodeResponse,
    ]).toEqual([true, true, false]);
  });

  it("copies bytes, so that a later change of the array is not sent", async () => {
    const bytes = Uint8Array.of(65);
    const response = ours(bytes);
    bytes[0] = 66;
    expect(await response.text()).toBe("A");
  });

  it("can be cloned and both copies read", async () => {
    const response = ours("twice");
    const copy = response.clone();
    expect([await response.text(), await copy.text()]).toEqual(["twice", "twice"]);
  });

  it("keeps header changes when the body is read as a stream", async () => {
    const response = ours("x");
    response.headers.set("x-late", "1");
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(response.headers.get("x-late")).toBe("1");
  });

  it("serves as the init of another response", async () => {
    const copy = ours("new", ours("old", { status: 201, headers: { "x-a": "1" } }));
    expect([copy.status, copy.headers.get("x-a"), await copy.text()]).toEqual([201, "1", "new"]);
  });

  it("Response.json sets the type unless it is given", async () => {
    expect(NodeResponse.json({ a: 1 }).headers.get("content-type")).toBe("application/json");
    expect(
      NodeResponse.json({ a: 1 }, { headers: { "content-type": "application/problem+json" } }).headers.get(
        "content-type",
      ),
    ).toBe("application/problem+json");
    expect(() => NodeResponse.json(undefined)).toThrow(TypeError);
  });
});

describe("what the writer gets", () => {
  it("is the body itself while nobody asked for a stream", () => {
    const response = ours("text");
    expect(getPlainBody(response)).toBe("text");
    void response.body;
    expect(getPlainBody(response)).toBeUndefined();
  });

  it("is the fields of the literal, with the type that text has", () => {
    expect(getPlainFields(ours("x", { headers: { "X-A": "1" } }))).toEqual([
      "x-a",
      "1",
      "content-type",
      "text/plain;charset=UTF-8",
    ]);
  });

  it("is the fields as they are now", () => {
    const response = ours("x", { headers: { a: "1" } });
    response.headers.set("a", "2");
    expect(getPlainFields(response)).toEqual(["a", "2", "content-type", "text/plain;charset=UTF-8"]);
  });

  it("is the fields of the response, and not of its clone", () => {
    const response = ours("x", { headers: { a: "1" } });
    response.clone().headers.set("a", "2");
    expect(response.headers.get("a")).toBe("1");
  });
});
