import { describe, expect, test } from "vitest";
import { createProblemResponse, statusTitle } from "../../../src/http/problem.ts";

const ask = (headers: Record<string, string> = {}, method = "GET") =>
  new Request("http://host/secret?x=1", { method, headers });

describe("createProblemResponse", () => {
  test("answers in text, with the request's id and nothing of the request", async () => {
    const response = createProblemResponse(ask(), { status: 500, requestId: "r1" });
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe("500 Internal Server Error\nRequest id: r1\n");
  });

  test("answers problem+json to clients that ask for JSON", async () => {
    const problem = { status: 413, detail: "The body is too large.", headers: { "retry-after": "1" } };
    const response = createProblemResponse(ask({ accept: "application/json, */*;q=0.1" }), problem);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Content Too Large",
      status: 413,
      detail: "The body is too large.",
    });
  });

  test("has no body for HEAD", async () => {
    expect(createProblemResponse(ask({}, "HEAD"), { status: 404 }).body).toBeNull();
  });
});

test("statusTitle names what it knows", () => {
  expect([statusTitle(404), statusTitle(499)]).toEqual(["Not Found", "Error"]);
});
