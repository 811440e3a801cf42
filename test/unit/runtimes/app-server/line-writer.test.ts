import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLineWriter } from "../../../../src/runtimes/app-server/line-writer.ts";

let folder: string;
let descriptor: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-lines-"));
  descriptor = openSync(join(folder, "log"), "a");
});

afterEach(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

const written = () => readFileSync(join(folder, "log"), "utf8");

test("lines are gathered, written when a piece is full, and all at a flush", () => {
  const writer = createLineWriter(descriptor);
  const line = "x".repeat(1_022);
  for (let count = 0; count < 4; count++) writer.write(line);
  expect(written()).toBe("");
  writer.write("the fifth does not fit");
  writer.write("nor does any after it change that");
  expect(written()).toBe(`${line}\n`.repeat(4));
  writer.write(`${"y".repeat(4_094)}`);
  writer.flush();
  const lines = written().split("\n");
  expect(lines.slice(4, 6)).toEqual(["the fifth does not fit", "nor does any after it change that"]);
  expect(lines.at(-2)).toBe("y".repeat(4_094));
});

test("a line that is too long for one piece is cut, and stays a line", () => {
  const writer = createLineWriter(descriptor);
  writer.write("ÿ".repeat(5_000));
  writer.write("next");
  writer.flush();
  const [first = "", second] = written().split("\n");
  expect(Buffer.byteLength(first)).toBeLessThan(4_096);
  expect(first.endsWith("...")).toBe(true);
  expect(second).toBe("next");
});
