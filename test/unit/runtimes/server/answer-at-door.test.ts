import { expect, test } from "vitest";
import type { HotRequest } from "../../../../src/assets/hot-table.ts";
import type { Site } from "../../../../src/contract/site.ts";
import { toCanonicalUrl } from "../../../../src/runtimes/canonical-url.ts";
import type { HotFront } from "../../../../src/runtimes/hot-front.ts";
import { answerAtDoor } from "../../../../src/runtimes/server/answer-at-door.ts";

const PREPARED = { status: 200 as const, fields: [], headers: new Headers(), body: new Uint8Array([1]) };

/** A front with an answer for each request that is not special. */
const front = {
  answer: ({ fields }: HotRequest) => (fields.isSpecial ? undefined : PREPARED),
};
const emptyFront: HotFront = { answer: () => undefined };

/** What Bun and Deno hand over: any text as the URL. */
function received(url: string, headers: Record<string, string> = {}, method = "GET"): Request {
  return { url, method, headers: new Headers(headers) } as Request;
}
const site = { routing: undefined } as unknown as Site;
const statusOf = (request: Request, hot = emptyFront) => answerAtDoor(request, { hot, site })?.status;

test.each([
  ["http://a/x", "a"],
  ["http://a/x?y=%EF%BF%BD#".slice(0, -1), "a"],
  ["https://a/x", "other"],
  ["http://a/http://b/x", "a"],
  ["http://localhost:8787/", undefined],
])("%s with Host %s goes on", (url, host) => {
  expect(statusOf(received(url, host === undefined ? {} : { host }))).toBeUndefined();
});

test.each([
  ["http://a/#", "a"],
  ["http://a/x?y#z", "a"],
  ["http://a/a%7Fb", "a"],
  ["http://a/a%EF%BF%BDb", "a"],
  ["http://a/http:///x", "a"],
  ["http://a/file:///etc/passwd", "a"],
  ["ftp://a/x", "a"],
  ["http://[::1/x", "a"],
  ["http://a/x", "a, b"],
  ["http://a/x", "http://a"],
  ["http://a/x", ""],
  ["http://a/x", undefined],
])("%s with Host %s is refused", (url, host) => {
  expect(statusOf(received(url, host === undefined ? {} : { host }))).toBe(400);
});

test.each(["get", "Get", "post", "patch"])(
  "the method %s, of which a fetch makes another, is refused",
  (method) => {
    expect(statusOf(received("http://a/", { host: "a" }, method))).toBe(400);
  },
);

test.each([
  ["gzip, chunked", 400],
  ["identity", 400],
  ["ChunKed", undefined],
])("the transfer coding %s", (coding, status) => {
  const headers = { host: "a", "transfer-encoding": coding };
  expect(statusOf(received("http://a/", headers, "POST"))).toBe(status);
});

test("a tunnel is refused", () => {
  expect(statusOf(received("http://a/", { host: "a" }, "CONNECT"))).toBe(400);
});

test("a prepared answer is for requests whose Host makes sense", () => {
  expect(statusOf(received("http://a/x", { host: "a" }), front)).toBe(200);
  expect(statusOf(received("http://a/x", { host: "b" }), front)).toBe(200);
  expect(statusOf(received("http://a/x", { host: "a, b" }), front)).toBe(400);
  expect(statusOf(received("http://a/x"), front)).toBe(400);
});

test("what has no more than a path needs no Host, but a good one if it has any", () => {
  expect(statusOf(received("/x"))).toBeUndefined();
  expect(statusOf(received("/x", { host: "" }))).toBe(400);
  expect(statusOf(received("/x", { host: "a b" }))).toBe(400);
  expect(toCanonicalUrl("/x?y")).toBe("http://localhost/x?y");
  expect(toCanonicalUrl("//evil.example/x")).toBe("http://localhost//evil.example/x");
});
