import { expect, it } from "vitest";
import { foldFieldName, keepFromConnection, listAliases } from "../../../src/http/field-name.ts";
import {
  formatRateLimit,
  formatRateLimitPolicy,
  formatRetryAfter,
} from "../../../src/http/rate-limit-fields.ts";

it("tells quota, window, rest and time as structured fields", () => {
  const state = { quota: 21, windowMs: 2_100, remaining: 4, resetMs: 1_600 };
  expect(formatRateLimitPolicy(state, "default")).toBe('"default";q=21;w=3');
  expect(formatRateLimit(state, "default")).toBe('"default";r=4;t=2');
  expect(formatRateLimitPolicy({ ...state, windowMs: 100 }, "default")).toBe('"default";q=21;w=1');
});

it.each([
  [0.1, "1"],
  [1_000, "1"],
  [1_000.0000001, "1"],
  [1_001, "2"],
  [59_999, "60"],
])("Retry-After for %d ms is %s", (ms, text) => expect(formatRetryAfter(ms)).toBe(text));

it("finds every spelling of a field that somebody could take for another", () => {
  const headers = new Headers({ "X-User": "1", X_User: "2", "X.User": "3", "x-users": "4", "x!user": "5" });
  const folded = new Set([foldFieldName("X-User")]);
  expect(listAliases(headers, folded).sort()).toEqual(["x!user", "x-user", "x.user", "x_user"]);
  expect(keepFromConnection("close, X_User", folded)).toBe("close");
  expect(keepFromConnection("x-user", folded)).toBe("");
  expect(keepFromConnection("keep-alive, x-other", folded)).toBeUndefined();
});
