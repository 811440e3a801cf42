import { describe, expect, test } from "vitest";
import { TrustedProxies } from "../../../src/http/client-address.ts";
import { carryTrace } from "../../../src/runtimes/carry-trace.ts";
import { CorrectedFields } from "../../../src/runtimes/corrected-fields.ts";
import { LineFields } from "../../../src/runtimes/server/node-request.ts";

const GOOD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

const CASES: [string, [string, string][], [string | null, string | null]][] = [
  [
    "a trace goes on as it came",
    [
      ["traceparent", GOOD],
      ["tracestate", "a=1"],
    ],
    [GOOD, "a=1"],
  ],
  [
    "a bad one goes with its state",
    [
      ["Traceparent", "00-1"],
      ["TraceState", "a=1"],
    ],
    [null, null],
  ],
  ["none is made up", [["x-other", "1"]], [null, null]],
];

describe("the trace of a request", () => {
  test.each(CASES)("%s: in a request", (_, fields, expected) => {
    const { headers } = carryTrace(new Request("http://localhost/", { headers: fields }));
    expect([headers.get("traceparent"), headers.get("tracestate")]).toEqual(expected);
  });

  test.each(CASES)("%s: in fields as they came", (_, fields, expected) => {
    const sent = fields.map(([name, value]) => [name.toLowerCase(), value]);
    const lines = new LineFields(["host", "localhost", ...sent.flat()]);
    const corrected = new CorrectedFields(
      lines,
      { address: undefined },
      new TrustedProxies([]),
      () => undefined,
    );
    expect([corrected.find("traceparent"), corrected.find("tracestate")]).toEqual(expected);
    const listed = new Headers(corrected.list());
    expect([listed.get("traceparent"), listed.get("tracestate")]).toEqual(expected);
    expect(listed.get("host")).toBe("localhost");
  });
});
