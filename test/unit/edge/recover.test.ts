import { expect, test } from "vitest";
import { StoreError } from "../../../src/contract/store-error.ts";
import { recover } from "../../../src/edge/recover.ts";

const CONTEXT = { requestId: "id-1", clientAddress: undefined, waitUntil() {}, passThroughOnException() {} };

test.each([
  [new TypeError("secret of ours"), 500, null],
  [new StoreError("secret of the store", { isTransient: true }), 503, "1"],
  [new StoreError("secret of the store", { isTransient: false }), 503, "1"],
])(
  "an exception becomes an answer that tells nothing of it, and a line in the log",
  async (error, status, retryAfter) => {
    const logged: unknown[] = [];
    const log = { access() {}, warn() {}, error: (_: string, cause: unknown) => void logged.push(cause) };
    const response = recover(error, CONTEXT, log);
    const { headers } = response;
    expect([response.status, headers.get("retry-after"), headers.get("cache-control")]).toEqual([
      status,
      retryAfter,
      "no-store",
    ]);
    expect(await response.text()).toMatch(/^(Service Unavailable|Internal Server Error)\nRequest id-1\n$/);
    expect(logged).toEqual([error]);
  },
);
