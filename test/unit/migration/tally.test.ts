import { expect, it } from "vitest";
import type { DifferingExample } from "../../../src/contract/migration.ts";
import { addAnswer, addComparison, addTallies, type Tallies } from "../../../src/migration/tally.ts";

const differ = (at: string, ...places: string[]): DifferingExample => ({
  request: "GET /",
  requestId: at,
  at,
  differences: places.map((where) => ({ where, expected: "1", actual: "2" })),
});

it("adds what processes have counted, and keeps the first example of each kind", () => {
  const [one, two]: [Tallies, Tallies] = [{}, {}];
  addComparison(one, "/a", { kind: "equal" });
  addComparison(one, "/a", { kind: "different", example: differ("2", "status") });
  addComparison(one, "/a", { kind: "skipped", reason: "busy" });
  addAnswer(one, "/a", "fallback");
  addComparison(two, "/a", { kind: "different", example: differ("1", "status") });
  addComparison(two, "/a", { kind: "different", example: differ("3", "body line 7") });
  addComparison(two, "/a", { kind: "different", example: differ("4", "body line 8") });
  addComparison(two, "/b", { kind: "skipped", reason: "busy" });
  const sum: Tallies = {};
  addTallies(sum, one);
  addTallies(sum, two);
  expect(sum["/a"]).toEqual({
    equal: 1,
    different: 4,
    skipped: { busy: 1 },
    answered: { first: 0, other: 0, fallback: 1 },
    examples: [differ("1", "status"), differ("3", "body line 7")],
  });
  expect(sum["/b"]?.skipped).toEqual({ busy: 1 });
});

it("stays small, however much differs", () => {
  const tallies: Tallies = {};
  for (let index = 0; index < 1_000; index += 1) {
    const name = `header ${"abcdefghij".charAt(index % 10)}${"abcdefghij".charAt(Math.floor(index / 10) % 10)}`;
    addComparison(tallies, "/a", {
      kind: "different",
      example: differ(String(index).padStart(4, "0"), name),
    });
  }
  expect([tallies["/a"]?.different, tallies["/a"]?.examples.length]).toEqual([1_000, 5]);
});
