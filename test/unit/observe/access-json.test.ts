import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccessRecord } from "../../../src/contract/platform.ts";
import { formatAccessJson } from "../../../src/observe/access-json.ts";

const RECORD: AccessRecord = {
  requestId: "id",
  method: "GET",
  target: "/a?b=1",
  status: 200,
  durationMs: 1.23456,
  bytes: 10,
  clientAddress: "192.0.2.1",
  route: "/users/:id",
  upstream: undefined,
  cache: "causeway; hit; ttl=3",
  trace: undefined,
};

describe("the line of a request", () => {
  test("is JSON with what is known, in this order", () => {
    expect(formatAccessJson({ ...RECORD, worker: 3 }, 0)).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"request","requestId":"id","method":"GET",' +
        '"target":"/a?b=1","status":200,"durationMs":1.23,"bytes":10,"clientAddress":"192.0.2.1",' +
        '"route":"/users/:id","cache":"causeway; hit; ttl=3","worker":3}',
    );
  });

  test("is one line that reads back as it was, whatever a client sent", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        const line = formatAccessJson({ ...RECORD, target: text, cache: text }, 0);
        expect(line).not.toContain("\n");
        expect(JSON.parse(line)).toMatchObject({ target: text, cache: text });
      }),
    );
  });

  test("fits into one piece of a pipe, however long the target", () => {
    const line = formatAccessJson({ ...RECORD, target: "ÿ".repeat(8_000), route: '"'.repeat(5_000) }, 0);
    expect(Buffer.byteLength(line)).toBeLessThan(4_096);
    expect(JSON.parse(line).target).toMatch(/^ÿ+$/);
  });

  test("tells the time of each record", () => {
    const times = [0, 1, 1, 2].map((now) => JSON.parse(formatAccessJson(RECORD, now)).time.slice(-5));
    expect(times).toEqual([".000Z", ".001Z", ".001Z", ".002Z"].map((text) => text.slice(-5)));
  });
});
