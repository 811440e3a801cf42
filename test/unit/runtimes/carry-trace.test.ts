import { describe, expect, test } from "vitest";
import { carryTrace, carryTraceInHead } from "../../../src/runtimes/carry-trace.ts";

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

  test.each(CASES)("%s: in a head", (_, fields, expected) => {
    const headers = Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
    const head: { rawHeaders: string[]; headers: Record<string, string> } = {
      rawHeaders: ["Host", "localhost", ...fields.flat()],
      headers,
    };
    carryTraceInHead(head);
    const pairs = head.rawHeaders.flatMap((line, index) =>
      index % 2 === 0 ? [[line, head.rawHeaders[index + 1] ?? ""]] : [],
    );
    const raw = new Headers(pairs as [string, string][]);
    expect([raw.get("traceparent"), raw.get("tracestate")]).toEqual(expected);
    expect([headers.traceparent ?? null, headers.tracestate ?? null]).toEqual(expected);
    expect(raw.get("host")).toBe("localhost");
  });
});
