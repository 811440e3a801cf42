import { expect, it } from "vitest";
import { appendCacheStatus, formatCacheStatus } from "../../../src/http/cache-status.ts";

it("says what a cache did, in the order of RFC 9211", () => {
  expect(formatCacheStatus("Edge", { hit: true, ttlSeconds: -30, detail: "stale-while-revalidate" })).toBe(
    "Edge; hit; ttl=-30; detail=stale-while-revalidate",
  );
  expect(
    formatCacheStatus("Edge", { forward: "stale", forwardStatus: 304, stored: true, collapsed: true }),
  ).toBe("Edge; fwd=stale; fwd-status=304; stored; collapsed");
});

it("puts this cache behind those nearer to the origin", () => {
  expect(appendCacheStatus("Inner; hit", "Edge; fwd=miss")).toBe("Inner; hit, Edge; fwd=miss");
  expect(appendCacheStatus(null, "Edge; hit")).toBe("Edge; hit");
});
