import { expect, test } from "vitest";
import { findHandlers, suggestHandler } from "../../../src/pages/handler-exports.ts";

test("onRequest and its forms for a method are handlers", () => {
  const names = ["onRequest", "Get", "Post", "Put", "Patch", "Delete", "Options", "Head"].map((name) =>
    name === "onRequest" ? name : `onRequest${name}`,
  );
  expect(findHandlers([...names].reverse())).toEqual([
    { exportName: "onRequest", method: undefined },
    ...names.slice(1).map((exportName) => ({ exportName, method: exportName.slice(9).toUpperCase() })),
  ]);
});

test("the default export, other spellings and other methods are no handlers", () => {
  const others = ["default", "onrequest", "onRequestGET", "OnRequest", "onRequestConnect", "handler", "GET"];
  expect(findHandlers(others)).toEqual([]);
});

test.each([
  ["onRequestOpeions", "onRequestOptions"],
  ["onrequest", "onRequest"],
  ["OnRequestGet", "onRequestGet"],
  ["onRequestget", "onRequestGet"],
  ["onRequestPOST", "onRequestPost"],
  ["onReqeust", "onRequest"],
  ["onRequests", "onRequest"],
  ["onRequestDelet", "onRequestDelete"],
  ["onRequestConnect", "onRequest"],
  ["onRequestGetUser", "onRequest"],
])("%s was meant to be %s", (name, suggestion) => {
  expect(suggestHandler(name)).toBe(suggestion);
});

test.each(["onRequest", "onRequestPatch", "default", "request", "onReset", "handleRequest", "config", "on"])(
  "%s needs no word",
  (name) => {
    expect(suggestHandler(name)).toBeUndefined();
  },
);
