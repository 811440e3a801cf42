import { describe, expect, it } from "vitest";
import { createLineLog } from "../../../src/observe/line-log.ts";

function writtenBy(
  format: "text" | "json",
  write: (log: ReturnType<typeof createLineLog>) => void,
): string[] {
  const lines: string[] = [];
  const clock = { now: () => 0, monotonic: () => 0 };
  write(createLineLog((line) => lines.push(line), { format, clock, formatError: (error) => String(error) }));
  return lines;
}

describe("a log for people", () => {
  const FORGED = new Error("no\n200 GET /fine 1 ms\r\x1b]0;title\x07\x9b2J");

  it("sets an error's lines apart, so that none can pass for a line of the log", () => {
    const [text = ""] = writtenBy("text", (log) => log.error("A request failed", FORGED));
    expect(
      text
        .split("\n")
        .slice(1)
        .every((line) => line.startsWith("  ")),
    ).toBe(true);
  });

  it("writes control characters as text, since terminals obey them", () => {
    const [text = ""] = writtenBy("text", (log) =>
      log.error("A request failed", FORGED, { requestId: "a\x1b[2J" }),
    );
    expect(text).toContain("\\x0d\\x1b]0;title\\x07\\x9b2J");
    expect(text).toContain("requestId=a\\x1b[2J");
  });
});

describe("a log for machines", () => {
  it("is one line for each record, whatever is in it", () => {
    const lines = writtenBy("json", (log) => log.error("A request failed", new Error("a\nb")));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: "error", error: "Error: a\nb" });
  });
});
